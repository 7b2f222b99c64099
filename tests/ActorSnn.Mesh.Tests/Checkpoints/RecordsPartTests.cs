using ActorSnn.Mesh.Links;
using System.Runtime.InteropServices;
using ActorSnn.Cores;
using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Mesh.Tests.Checkpoints;

public sealed class RecordsPartTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Parts_of_all_nodes_and_times_are_the_records_of_the_whole(bool real)
    {
        int parts = 0;
        long spikes = 0;
        for (int seed = 300; seed < 320; seed++)
        {
            var network = real ? RandomRealNetworks.Make(seed, probes: true, maxSize: 65) : RandomNetworks.Make(seed, probes: true);
            var random = new Random(seed);
            var whole = Undisturbed(network, seed);
            var nodes = new NodesInStep(network, random.Next());
            var written = new List<byte[]>();
            for (long tick = 0; tick < 90;)
            {
                nodes.RunTo(tick = Math.Min(90, tick + random.Next(40)));
                for (int node = 0; node < nodes.Nodes; node++)
                {
                    byte[] part = RecordsPart.Write(nodes.TakeRecordings(node), nodes.SlicesOf(node));
                    if (part.Length > 0) written.Add(part);
                }
            }
            random.Shuffle(CollectionsMarshal.AsSpan(written));
            var merged = new Recordings(network);
            foreach (byte[] part in written) RecordsPart.AddTo(merged, part, "part");
            foreach (var probe in network.Probes.OfType<SpikeProbe>())
            {
                Assert.True(whole.Spikes(probe.Name).SequenceEqual(merged.Spikes(probe.Name)), $"{probe.Name} (seed {seed})");
                spikes += merged.Spikes(probe.Name).Count;
            }
            foreach (var probe in network.Probes.OfType<PotentialProbe>())
                Assert.Equal(Rows(whole, probe), Rows(merged, probe));
            parts += written.Count;
        }
        Assert.True(parts > 50 && spikes > 1_000, $"only {parts} parts with {spikes} spikes");
    }

    [Fact]
    public void Only_the_slices_asked_for_are_written()
    {
        var network = RandomNetworks.Make(301, probes: true);
        var recordings = Undisturbed(network, 301);
        var probe = network.Probes.OfType<SpikeProbe>().First(p => recordings.Spikes(p.Name).Count > 0);
        int neuron = recordings.Spikes(probe.Name)[0].Neuron;
        var some = new Recordings(network);
        RecordsPart.AddTo(some, RecordsPart.Write(recordings, [new Slice(network[probe.Population].Index, neuron, 1)]), "part");
        Assert.Equal(recordings.Spikes(probe.Name).Where(s => s.Neuron == neuron), some.Spikes(probe.Name));
    }

    [Fact]
    public void Nothing_recorded_is_no_part()
    {
        var network = RandomNetworks.Make(301, probes: true);
        Assert.Empty(RecordsPart.Write(new Recordings(network), Whole(network)));
        Assert.Empty(RecordsPart.Write(Undisturbed(network, 301), []));
    }

    [Fact]
    public void No_damaged_byte_is_taken()
    {
        var (network, part) = Small();
        for (int i = 0; i < part.Length; i++)
        {
            foreach (byte flip in (byte[])[0x01, 0x80, 0xFF])
            {
                byte[] damaged = [.. part];
                damaged[i] ^= flip;
                AssertRefused(network, damaged);
            }
        }
        for (int length = 0; length < part.Length; length++) AssertRefused(network, part[..length]);
    }

    [Fact]
    public void What_has_a_right_checksum_is_not_believed_either()
    {
        var (network, part) = Small();
        int refused = 0;
        for (int seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            byte[] altered = [.. part[..^4]];
            for (int changes = random.Next(1, 4); changes > 0; changes--) altered[random.Next(altered.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) altered = altered[..random.Next(altered.Length)];
            try
            {
                RecordsPart.AddTo(new Recordings(network), (byte[])[.. altered, .. BitConverter.GetBytes(Crc32C.Of(altered))], "part 0");
            }
            catch (ArchiveException e)
            {
                Assert.StartsWith("part 0: ", e.Message);
                Assert.DoesNotContain('\n', e.Message);
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        }
        Assert.True(refused > 5_000, $"only {refused} refused");
    }

    private static (Network Network, byte[] Part) Small()
    {
        for (int seed = 1; ; seed++)
        {
            var network = RandomNetworks.Make(seed, maxDelay: 3, maxSize: 15, probes: true);
            byte[] part = RecordsPart.Write(Undisturbed(network, 1), Whole(network));
            if (network.Probes.OfType<PotentialProbe>().Any() && part.Length is > 500 and < 5_000) return (network, part);
        }
    }

    private static void AssertRefused(Network network, byte[] part)
    {
        var e = Assert.Throws<ArchiveException>(() => RecordsPart.AddTo(new Recordings(network), part, "part 0"));
        Assert.StartsWith("part 0: ", e.Message);
    }

    private static Recordings Undisturbed(Network network, int seed) => new NodesInStep(network, seed).RunTo(90).TakeRecordings();

    private static List<Slice> Whole(Network network) => [.. network.Populations.Select(p => new Slice(p.Index, 0, p.Size))];

    private static IEnumerable<(long, string)> Rows(Recordings recordings, PotentialProbe probe) =>
        recordings.Potentials(probe.Name).Select(p => (p.Tick, Convert.ToHexString(MemoryMarshal.AsBytes<float>(p.Values))));
}
