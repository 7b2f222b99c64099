using System.Buffers.Binary;
using System.Text;
using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Tests.Links;

public class HandshakeTests
{
    private static readonly PeerIdentity Alpha = new(PeerRole.Node, "alpha", "10.0.0.1:7000", 11, "store-1");
    private static readonly PeerIdentity Beta = new(PeerRole.Node, "beta", "10.0.0.2:7000", 22, "store-1");
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("a secret of a cluster");
    private static readonly byte[] OtherSecret = Encoding.ASCII.GetBytes("the secret of another");
    private static int s_nonces;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Two_nodes_learn_who_the_other_is_and_what_it_has_received(bool withSecret)
    {
        byte[] secret = withSecret ? Secret : [];
        var dialler = new Side(ConnectionSide.Dialler, Alpha, secret, received: 5);
        var listener = new Side(ConnectionSide.Listener, Beta, secret, received: 70);
        var frames = Talk(dialler, listener);

        Assert.Equal((HandshakeStatus.Completed, HandshakeStatus.Completed), (dialler.Status, listener.Status));
        Assert.Equal((Beta, Alpha), (dialler.Handshake.Peer, listener.Handshake.Peer));
        Assert.Equal((70, 5), (dialler.Handshake.PeerHasReceived, listener.Handshake.PeerHasReceived));
        Assert.Equal(withSecret, dialler.Handshake.Seal is not null);
        Assert.Equal(withSecret, listener.Handshake.Seal is not null);
        Assert.Equal(6, frames.Count);
        Assert.Equal(0, dialler.Refusals.Total + listener.Refusals.Total);
        Assert.Throws<InvalidOperationException>(() => dialler.Handshake.Receive([1]));
    }

    [Fact]
    public void A_client_needs_no_store_but_the_secret()
    {
        var client = Alpha with { Role = PeerRole.Client, Address = "", StoreId = "" };
        var dialler = new Side(ConnectionSide.Dialler, client, Secret);
        var listener = new Side(ConnectionSide.Listener, Beta, Secret);
        Talk(dialler, listener);
        Assert.Equal((Beta, client), (dialler.Handshake.Peer, listener.Handshake.Peer));

        var stranger = new Side(ConnectionSide.Dialler, client, OtherSecret);
        var node = new Side(ConnectionSide.Listener, Beta, Secret);
        Talk(stranger, node);
        Assert.Equal(Refusal.WrongSecret, node.Handshake.Refusal);
    }

    [Fact]
    public void The_largest_identity_fits()
    {
        var largest = new PeerIdentity(PeerRole.Node, new string('n', 100), new string('a', 255), ulong.MaxValue, new string('s', 255));
        var frames = Talk(new Side(ConnectionSide.Dialler, largest, Secret), new Side(ConnectionSide.Listener, largest with { Incarnation = 1 }, Secret));
        Assert.Equal(6, frames.Count);
        Assert.All(frames, f => Assert.InRange(f.Length, 1, Handshake.MaxFrame));
    }

    [Fact]
    public void A_stranger_hears_one_hello_and_a_wrong_listener_one_proof_and_neither_a_name()
    {
        var stranger = new Side(ConnectionSide.Dialler, Alpha, OtherSecret);
        var listener = new Side(ConnectionSide.Listener, Beta, Secret);
        var frames = Talk(stranger, listener);

        Assert.Equal(3, frames.Count); // hello, hello, proof
        Assert.Equal((Refusal.WrongSecret, "its cluster secret is not ours"), (listener.Handshake.Refusal, listener.Handshake.Reason));
        Assert.Null(listener.Handshake.Peer);
        Assert.Null(listener.Handshake.Seal);
        Assert.False(listener.WasAsked || stranger.WasAsked);
        stranger.Handshake.Abandon();
        Assert.Equal(Refusal.Unfinished, stranger.Handshake.Refusal);
        Assert.Contains("secret is another one", stranger.Handshake.Reason);

        string said = Encoding.Latin1.GetString(frames.SelectMany(f => f).ToArray());
        foreach (string text in new[] { "alpha", "beta", "10.0", "store" }) Assert.DoesNotContain(text, said);
    }

    [Fact]
    public void Who_has_a_secret_does_not_talk_to_one_without()
    {
        var without = new Side(ConnectionSide.Dialler, Alpha, []);
        var with = new Side(ConnectionSide.Listener, Beta, Secret);
        Assert.Single(Talk(without, with)); // not a byte comes back
        Assert.Equal(Refusal.PeerWithoutSecret, with.Handshake.Refusal);
        without.Handshake.Abandon();
        Assert.Contains("needs another secret", without.Handshake.Reason);

        with = new Side(ConnectionSide.Dialler, Alpha, Secret);
        without = new Side(ConnectionSide.Listener, Beta, []);
        Assert.Single(Talk(with, without));
        Assert.Equal(Refusal.OwnSecretMissing, without.Handshake.Refusal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Another_version_is_refused_without_an_answer(bool withSecret)
    {
        byte[] secret = withSecret ? Secret : [];
        var dialler = new Side(ConnectionSide.Dialler, Alpha, secret);
        var listener = new Side(ConnectionSide.Listener, Beta, secret);
        var frames = Talk(dialler, listener, (number, frame) =>
        {
            if (number == 1) BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(8), 2);
            return frame;
        });
        Assert.Single(frames);
        Assert.Equal((Refusal.Version, "it speaks version 2 of the protocol, we speak 1"), (listener.Handshake.Refusal, listener.Handshake.Reason));
        Assert.Equal((1, 1), (listener.Refusals[Refusal.Version], listener.Refusals.Total));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_node_with_another_store_is_refused_by_whoever_notices_first(bool withSecret)
    {
        byte[] secret = withSecret ? Secret : [];
        var dialler = new Side(ConnectionSide.Dialler, Alpha with { StoreId = "store-2" }, secret);
        var listener = new Side(ConnectionSide.Listener, Beta, secret);
        Talk(dialler, listener);
        Assert.Equal(Refusal.OtherStore, dialler.Handshake.Refusal);
        Assert.Contains("beta keeps its runs in store store-1, we in store-2", dialler.Handshake.Reason);
        Assert.NotEqual(HandshakeStatus.Completed, listener.Status);
    }

    [Fact]
    public void A_process_refuses_itself()
    {
        var dialler = new Side(ConnectionSide.Dialler, Alpha, Secret);
        Talk(dialler, new Side(ConnectionSide.Listener, Alpha, Secret));
        Assert.Equal(Refusal.Itself, dialler.Handshake.Refusal);
    }

    [Fact]
    public void A_peer_that_is_not_wanted_is_refused_after_it_has_proved_itself()
    {
        var dialler = new Side(ConnectionSide.Dialler, Alpha, Secret);
        var listener = new Side(ConnectionSide.Listener, Beta, Secret, received: null);
        Assert.Equal(5, Talk(dialler, listener).Count);
        Assert.Equal(Refusal.NotAdmitted, listener.Handshake.Refusal);
        dialler.Handshake.Abandon();
        Assert.Contains("does not want us", dialler.Handshake.Reason);
    }

    [Fact]
    public void Whatever_is_changed_on_the_way_is_noticed()
    {
        int[] lengths = [.. Talk(new Side(ConnectionSide.Dialler, Alpha, Secret), new Side(ConnectionSide.Listener, Beta, Secret)).Select(f => f.Length)];
        for (int frame = 1; frame <= lengths.Length; frame++)
        {
            for (int at = 0; at < lengths[frame - 1]; at++)
            {
                int mask = 1 << (at % 8);
                RefusesChanged(frame, $"byte {at} of frame {frame}", bytes => [.. bytes[..at], (byte)(bytes[at] ^ mask), .. bytes[(at + 1)..]]);
                RefusesChanged(frame, $"frame {frame} after {at} bytes", bytes => bytes[..at]);
            }
            RefusesChanged(frame, $"frame {frame} with one byte more", bytes => [.. bytes, 0]);
        }

        static void RefusesChanged(int frame, string what, Func<byte[], byte[]> change)
        {
            var dialler = new Side(ConnectionSide.Dialler, Alpha, Secret);
            var listener = new Side(ConnectionSide.Listener, Beta, Secret);
            Talk(dialler, listener, (number, bytes) => number == frame ? change(bytes) : bytes);
            Assert.True(dialler.Status != HandshakeStatus.Completed, $"{what}: the dialler is through");
            // The last frame goes to the dialler alone.
            Assert.True(frame == 6 || listener.Status != HandshakeStatus.Completed, $"{what}: the listener is through");
            int refused = (dialler.Status == HandshakeStatus.Refused ? 1 : 0) + (listener.Status == HandshakeStatus.Refused ? 1 : 0);
            Assert.True(refused == 1 && dialler.Refusals.Total + listener.Refusals.Total == 1, $"{what}: refused by {refused}");
        }
    }

    [Fact]
    public void What_a_side_says_sent_back_to_it_is_refused()
    {
        var dialler = new Side(ConnectionSide.Dialler, Alpha, Secret);
        Assert.Equal(HandshakeStatus.Refused, dialler.Receive(dialler.Start()).Status);

        // Under a nonce of the mirror's own, the proof is the dialler's still.
        dialler = new Side(ConnectionSide.Dialler, Alpha, Secret);
        byte[] hello = dialler.Start();
        hello[10] = 2;
        hello[20] ^= 1;
        byte[] proof = dialler.Receive(hello).Answer.ToArray();
        Assert.Equal(HandshakeStatus.Refused, dialler.Receive([4, .. proof[1..], .. new byte[60]]).Status);
        Assert.Equal(Refusal.WrongSecret, dialler.Handshake.Refusal);

        // Two connections of one stranger to one node: what it says on one does not open the other.
        var first = new Side(ConnectionSide.Listener, Beta, Secret);
        var second = new Side(ConnectionSide.Listener, Beta, Secret);
        byte[] answer = first.Receive(new Side(ConnectionSide.Dialler, Alpha, OtherSecret).Start()).Answer.ToArray();
        Assert.Equal(HandshakeStatus.Refused, second.Receive(answer).Status);
        answer[10] = 1;
        second = new Side(ConnectionSide.Listener, Beta, Secret);
        Assert.Equal(HandshakeStatus.Continues, second.Receive(answer).Status);
        Assert.Equal(HandshakeStatus.Refused, second.Receive([3, .. new byte[32]]).Status);
    }

    [Fact]
    public void What_was_recorded_does_not_open_another_connection()
    {
        var frames = Talk(new Side(ConnectionSide.Dialler, Alpha, Secret), new Side(ConnectionSide.Listener, Beta, Secret));
        var listener = new Side(ConnectionSide.Listener, Beta, Secret);
        listener.Receive(frames[0]);
        Assert.Equal(HandshakeStatus.Refused, listener.Receive(frames[2]).Status);
        Assert.Equal(Refusal.WrongSecret, listener.Handshake.Refusal);

        var dialler = new Side(ConnectionSide.Dialler, Alpha, Secret);
        dialler.Start();
        dialler.Receive(frames[1]);
        Assert.Equal(HandshakeStatus.Refused, dialler.Receive(frames[3]).Status);
    }

    [Fact]
    public void A_frame_out_of_turn_is_refused()
    {
        var frames = Talk(new Side(ConnectionSide.Dialler, Alpha, []), new Side(ConnectionSide.Listener, Beta, []));
        int[] diallers = [0, 2, 4];
        for (int turn = 0; turn < diallers.Length; turn++)
        {
            foreach (var wrong in frames.Where((_, i) => i != diallers[turn]))
            {
                var listener = new Side(ConnectionSide.Listener, Beta, []);
                for (int i = 0; i < turn; i++) listener.Receive(frames[diallers[i]]);
                Assert.Equal(HandshakeStatus.Refused, listener.Receive(wrong).Status);
                Assert.Equal(HandshakeStatus.Refused, listener.Receive(frames[diallers[turn]]).Status);
                Assert.Equal((Refusal.Malformed, 1), (listener.Handshake.Refusal, listener.Refusals.Total));
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Hostile_frames_never_throw_and_are_always_counted(bool withSecret)
    {
        byte[] secret = withSecret ? Secret : [];
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var dialler = new Side(ConnectionSide.Dialler, Alpha, secret);
            var listener = new Side(ConnectionSide.Listener, Beta, secret);
            int target = random.Next(1, 7);
            Talk(dialler, listener, (number, frame) => number != target ? frame : random.Next(3) switch
            {
                0 => RandomBytes(random, random.Next(Handshake.MaxFrame + 1)),
                1 => [.. frame[..random.Next(frame.Length + 1)], .. RandomBytes(random, random.Next(40))],
                _ => Flipped(random, frame),
            });
            foreach (var side in new[] { dialler, listener })
            {
                Assert.True(side.Refusals.Total == (side.Status == HandshakeStatus.Refused ? 1 : 0), $"seed {seed}: {side.Status}, {side.Refusals.Total} counted");
                Assert.True(!withSecret || side.Status != HandshakeStatus.Completed || side.Handshake.Peer is { Name: "alpha" or "beta" }, $"seed {seed}");
                Assert.DoesNotContain(side.Handshake.Reason, char.IsControl);
            }
        }
    }

    [Fact]
    public void Frames_after_the_handshake_open_once_in_order_in_their_direction_and_unchanged()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var dialler = new Side(ConnectionSide.Dialler, Alpha, Secret);
            var listener = new Side(ConnectionSide.Listener, Beta, Secret);
            Talk(dialler, listener);
            var (from, to) = random.Next(2) == 0 ? (dialler, listener) : (listener, dialler);
            var frames = Enumerable.Range(0, 10).Select(_ => Sealed(from, RandomBytes(random, random.Next(200)))).ToList();
            int good = random.Next(frames.Count - 1);
            for (int i = 0; i < good; i++)
            {
                Assert.True(to.Handshake.Seal!.TryOpen(frames[i], out var opened));
                Assert.True(opened.SequenceEqual(frames[i].AsSpan(0, frames[i].Length - FrameSeal.TagSize)));
            }
            byte[] bad = (good == 0 ? random.Next(1, 6) : random.Next(6)) switch
            {
                0 => frames[random.Next(good)],
                1 => frames[good + 1],
                2 => Flipped(random, frames[good]),
                3 => frames[good][..random.Next(frames[good].Length)],
                4 => Sealed(to, frames[good][..^FrameSeal.TagSize]),
                _ => RandomBytes(random, random.Next(100)),
            };
            Assert.False(to.Handshake.Seal!.TryOpen(bad, out var nothing), $"seed {seed}");
            Assert.True(nothing.IsEmpty);
            Assert.False(to.Handshake.Seal.TryOpen(frames[good], out _), $"seed {seed}: goes on after a frame that did not open");
            Assert.True(to.Handshake.Seal.IsBroken);
            Assert.Equal((1, 1), (to.Refusals[Refusal.Seal], to.Refusals.Total));
        }
    }

    [Fact]
    public void What_a_process_says_of_itself_is_checked_at_home()
    {
        Check("the name has 101", Alpha with { Name = new string('n', 101) });
        Check("the name has other characters", Alpha with { Name = "al pha" });
        Check("the address has other characters", Alpha with { Address = "höst:1" });
        Check("there is no name", Alpha with { Name = "" });
        Check("the incarnation is 0", Alpha with { Incarnation = 0 });
        Assert.Contains("at least 16", Assert.Throws<ArgumentException>(() => new Side(ConnectionSide.Dialler, Alpha, Secret[..15])).Message);

        static void Check(string message, PeerIdentity identity) =>
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => new Side(ConnectionSide.Dialler, identity, [])).Message);
    }

    /// <summary>Lets both sides talk until neither has anything to say; returns what went over the wire, as it was sent.</summary>
    private static List<byte[]> Talk(Side dialler, Side listener, Func<int, byte[], byte[]>? onTheWay = null)
    {
        var frames = new List<byte[]>();
        var (speaker, hearer) = (dialler, listener);
        listener.Start();
        for (byte[] frame = dialler.Start(); frame.Length > 0;)
        {
            frames.Add(frame);
            byte[] arrives = onTheWay?.Invoke(frames.Count, [.. frame]) ?? frame;
            if (hearer.Status == HandshakeStatus.Completed) break;
            frame = hearer.Receive(arrives).Answer.ToArray();
            (speaker, hearer) = (hearer, speaker);
        }
        return frames;
    }

    private static byte[] Sealed(Side from, byte[] frame)
    {
        byte[] tag = new byte[FrameSeal.TagSize];
        from.Handshake.Seal!.Seal(frame, tag);
        return [.. frame, .. tag];
    }

    private static byte[] RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Flipped(Random random, byte[] frame)
    {
        byte[] copy = [.. frame];
        copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
        return copy;
    }

    private sealed class Side
    {
        public Side(ConnectionSide side, PeerIdentity own, byte[] secret, long? received = 0)
        {
            byte[] nonce = new byte[Handshake.NonceSize];
            BinaryPrimitives.WriteInt32LittleEndian(nonce, Interlocked.Increment(ref s_nonces));
            Handshake = new Handshake(side, own, nonce, secret, _ =>
            {
                Assert.False(WasAsked);
                WasAsked = true;
                return received;
            }, Refusals);
        }

        public Handshake Handshake { get; }

        public RefusalCounters Refusals { get; } = new();

        public HandshakeStatus Status { get; private set; } = HandshakeStatus.Continues;

        public bool WasAsked { get; private set; }

        public byte[] Start() => Handshake.Start().Answer.ToArray();

        public HandshakeStep Receive(byte[] frame)
        {
            var step = Handshake.Receive(frame);
            Status = step.Status;
            Assert.True(Status != HandshakeStatus.Refused || step.Answer.IsEmpty);
            Assert.Equal(Status == HandshakeStatus.Refused, Handshake.Refusal != Refusal.None);
            return step;
        }
    }
}
