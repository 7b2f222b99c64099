using System.Net.Sockets;
using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Tcp.Tests;

public class NodeConnectionTests
{
    [Fact]
    public void A_peer_that_always_leaves_something_behind_costs_no_more_memory_for_that()
    {
        const int Frames = 4000;
        var wire = new SlowWire();
        var identity = new PeerIdentity(PeerRole.Client, "client", "", 1, "");
        using var connection = new NodeConnection(1, wire, new Handshake(ConnectionSide.Dialler, identity, new byte[Handshake.NonceSize], [], _ => 0, new RefusalCounters()), new RefusalCounters(), 0, "node");
        byte[] frame = new byte[32 * 1024];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Frames; i++)
        {
            Array.Fill(frame, (byte)i);
            connection.Send(frame);
            wire.Room = frame.Length;
            connection.Flush();
            Assert.True(connection.HasToSend);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
        wire.Room = int.MaxValue;
        connection.Flush();
        Assert.False(connection.HasToSend);
        Assert.Equal(Enumerable.Range(0, Frames).Select(i => (byte)i), wire.Frames);
    }

    /// <summary>Takes as many bytes as it is told to, and keeps the last byte of every frame.</summary>
    private sealed class SlowWire : ITransport
    {
        private readonly FrameReader _reader = new(Framing.MaxFrame, new RefusalCounters());

        public int Room { get; set; }

        public List<byte> Frames { get; } = [];

        public string Remote => "peer";

        public Socket? Readable => null;

        public int Receive(Span<byte> buffer) => 0;

        public int Send(ReadOnlySpan<byte> bytes)
        {
            int count = Math.Min(Room, bytes.Length);
            Room -= count;
            var taken = bytes[..count];
            while (_reader.TryRead(ref taken, out var frame))
            {
                if (frame.Length == 32 * 1024) Frames.Add(frame[^1]);
            }
            return count;
        }

        public void Dispose()
        {
        }
    }
}
