using ActorSnn.Mesh.Links;
using System.Runtime.InteropServices;
using ActorSnn.Cores;
using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Mesh.Tests.Checkpoints;

public sealed class StatePartTests
{
    private const int Late = 90;

    [Theory]
    [InlineData("integer")]
    [InlineData("real")]
    [InlineData("stepped")]
    [InlineData("graded")]
    [InlineData("first spikes")]
    public void Parts_of_all_nodes_are_the_state_of_the_whole_and_a_run_goes_on_from_them(string neurons)
    {
        int parts = 0;
        int trained = 0;
        for (int seed = 300; seed < 330; seed++)
        {
            var network = neurons switch
            {
                "stepped" => RandomSteppedNetworks.Make(seed, probes: true),
                "graded" => RandomGradedNetworks.Make(seed, probes: true),
                "first spikes" => RandomFirstSpikeNetworks.Make(seed, probes: true),
                _ => Make(neurons == "real", seed),
            };
            var random = new Random(seed);
            string end = new NodesInStep(network, seed).RunTo(Late).Capture().Hash();
            var nodes = new NodesInStep(network, random.Next());
            for (long tick = -1; tick < Late; tick += random.Next(1, 40))
            {
                var whole = nodes.RunTo(tick).Capture();
                var written = Enumerable.Range(0, nodes.Nodes).Select(n => StatePart.Write(nodes.Capture(n), nodes.SlicesOf(n))).ToArray();
                random.Shuffle(written);
                var merged = new NetworkState(network, tick);
                foreach (byte[] part in written) StatePart.MergeInto(merged, part, "part");
                StatePart.RequireWhole(merged, "checkpoint");

                Assert.True(whole.Hash() == merged.Hash(), $"tick {tick}, {nodes.Nodes} nodes (seed {seed})");
                Assert.Equal(whole.SpikeCount, merged.SpikeCount);
                Assert.Equal(whole.SynapticEvents, merged.SynapticEvents);
                Assert.Equal(whole.ProbeCounts.OrderBy(p => p.Key), merged.ProbeCounts.OrderBy(p => p.Key));
                // What comes after a restore is dealt out otherwise; the sums go on with one core.
                nodes = new NodesInStep(network, random.Next()).Restore(merged);
                parts += written.Length;
                trained += merged.Plastic.Count(p => p is not null && p.SourceTraces.Any(x => x > 0));
            }
            Assert.True(end == nodes.RunTo(Late).Capture().Hash(), $"seed {seed}");
        }
        Assert.True(parts > 100 && (trained > 10 || neurons != "real"), $"only {parts} parts, {trained} plastic projections");
    }

    [Fact]
    public void Neighbouring_slices_are_written_as_one()
    {
        var state = new NodesInStep(Make(real: false, 301), 1).RunTo(20).Capture();
        var whole = Whole(state.Network);
        var cut = whole.SelectMany(s => Enumerable.Range(0, s.Count).Select(i => new Slice(s.Population, s.Start + i, 1))).Reverse().ToList();
        Assert.Equal(StatePart.Write(state, whole), StatePart.Write(state, cut));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_damaged_byte_is_taken(bool real)
    {
        var (network, part) = Small(real);
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
        AssertRefused(network, [.. part, 0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_has_a_right_checksum_is_not_believed_either(bool real)
    {
        var (network, part) = Small(real);
        int refused = 0;
        for (int seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            byte[] altered = [.. part[..^4]];
            for (int changes = random.Next(1, 4); changes > 0; changes--) altered[random.Next(altered.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) altered = altered[..random.Next(altered.Length)];
            try
            {
                StatePart.MergeInto(new NetworkState(network, Tick), Sealed(altered), "part 0");
            }
            catch (ArchiveException e)
            {
                AssertOneLine(e);
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        }
        Assert.True(refused > 5_000, $"only {refused} refused");
    }

    [Fact]
    public void A_part_says_what_is_wrong_with_it()
    {
        var network = Make(real: false, 301);
        var state = new NodesInStep(network, 1).RunTo(20).Capture();
        var first = network.Populations[0];
        byte[] whole = StatePart.Write(state, Whole(network));
        byte[] one = StatePart.Write(state, [new Slice(0, 0, 1)]);

        void Says(string expected, NetworkState into, byte[] part)
        {
            var e = Assert.Throws<ArchiveException>(() => StatePart.MergeInto(into, part, "part 0"));
            Assert.Equal($"part 0: {expected}", e.Message);
        }
        var other = Make(real: false, 302);
        Says($"is of network {network.Hash[..12]}; this one is {other.Hash[..12]}", new NetworkState(other, 20), whole);
        Says("is of tick 20; the state is of tick 21", new NetworkState(network, 21), whole);
        Says("is damaged: it does not match its checksum; use another copy", new NetworkState(network, 20), whole[..^1]);
        Says("is no part of a checkpoint: it does not begin as one does", new NetworkState(network, 20), [1, 2, 3]);
        Says("is damaged: 1 bytes too many; use another copy", new NetworkState(network, 20), Sealed([.. whole[..^4], 0]));
        var merged = new NetworkState(network, 20);
        StatePart.MergeInto(merged, one, "part 0");
        Says($"does not go with the parts before it: neuron 0 of \"{first.Name}\" is there twice", merged, whole);
        var gap = Assert.Throws<ArchiveException>(() => StatePart.RequireWhole(merged, "checkpoint 20"));
        Assert.Equal($"checkpoint 20: lacks {first.Size - 1} neurons from 1 on of \"{first.Name}\"", gap.Message);

        byte[] newer = [.. whole];
        newer[10] = 2;
        Says("format version 2; this build reads version 1", new NetworkState(network, 20), newer);
        byte[] records = [.. whole];
        records[8] = 1;
        Says("is a part of kind Records; one of kind State is needed", new NetworkState(network, 20), records);
        byte[] beyond = [.. whole];
        MemoryMarshal.Write(beyond.AsSpan(8 + 4 + 32 + 4 + 8), first.Size + 1);
        Says($"is damaged: {first.Size + 1} neurons from 0 on of \"{first.Name}\", which has {first.Size}; use another copy", new NetworkState(network, 20), Sealed(beyond[..^4]));
    }

    [Fact]
    public void Traces_and_weights_that_cannot_be_are_refused()
    {
        var network = new NetworkBuilder("pairs", seed: 3)
            .AddPopulation("in", 3, new PoissonSource(200))
            .AddPopulation("out", 3, new LifDelta(20, -70, -54, -60, 2))
            .AddProjection("in", "out", Connectivity.Dense, Weight.Constant(0.5), Delay.Ticks(2), new PairStdp())
            .Build();
        foreach (float weight in (float[])[float.NaN, 1.5f, -0.5f])
        {
            var state = new NodesInStep(network, 1).RunTo(20).Capture();
            state.Plastic[0]!.Weights[1][1] = weight;
            Assert.Contains("a weight of", Refusal(network, StatePart.Write(state, Whole(network)), tick: 20));
        }
        foreach (double trace in (double[])[double.NaN, -1])
        {
            var state = new NodesInStep(network, 1).RunTo(20).Capture();
            state.Plastic[0]!.SourceTraces[1] = trace;
            Assert.Contains("a trace of", Refusal(network, StatePart.Write(state, Whole(network)), tick: 20));
        }
        var counted = new NodesInStep(network, 1).RunTo(20).Capture();
        counted.SpikeCount = -1;
        Assert.Contains("a number of spikes of -1", Refusal(network, StatePart.Write(counted, Whole(network)), tick: 20));
    }

    [Fact]
    public void Grades_are_written_for_spikes_alone_and_refused_where_they_are_no_numbers()
    {
        var network = new NetworkBuilder("grades")
            .AddPopulation("errors", 100, SpikeArraySource.Graded((3, 7, 0.5f), (3, 99, -2), (5, 0, 0)))
            .AddPopulation("norm", 100, new DivisiveNormalisation())
            .AddProjection("errors", "norm", Connectivity.OneToOne, Weight.Constant(1), Delay.Ticks(4))
            .Build();
        var state = new NodesInStep(network, 1).RunTo(5).Capture();
        byte[] part = StatePart.Write(state, Whole(network));
        int without = StatePart.Write(new NetworkState(network, 5), Whole(network)).Length;
        Assert.Equal(without + 3 * sizeof(float), part.Length);
        foreach (float grade in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            state.GradesAt(0, 3)[99] = grade;
            Assert.Contains("a grade of", Refusal(network, StatePart.Write(state, Whole(network)), tick: 5));
        }
    }

    [Fact]
    public void Slices_that_do_not_fit_are_not_written()
    {
        var network = Make(real: false, 301);
        var state = new NetworkState(network, 3);
        foreach (var slice in (Slice[])[new(-1, 0, 1), new(network.Populations.Length, 0, 1), new(0, -1, 1), new(0, 0, 0), new(0, network.Populations[0].Size, 1), new(0, 1, int.MaxValue)])
            Assert.Throws<ArgumentException>(() => StatePart.Write(state, [slice]));
        Assert.Throws<ArgumentException>(() => StatePart.Write(state, [new Slice(1, 0, 1), new Slice(1, 0, 1)]));
    }

    private const int Tick = 13;

    private static Network Make(bool real, int seed) => real ? RandomRealNetworks.Make(seed, probes: true, maxSize: 65) : RandomNetworks.Make(seed, probes: true);

    private static (Network Network, byte[] Part) Small(bool real)
    {
        for (int seed = 1; ; seed++)
        {
            var network = real ? RandomRealNetworks.Make(seed, maxSize: 7) : RandomNetworks.Make(seed, maxDelay: 3, maxSize: 15, probes: true);
            byte[] part = StatePart.Write(new NodesInStep(network, 1).RunTo(Tick).Capture(), Whole(network));
            if (network.Projections.Any(p => p.IsPlastic) && part.Length < 4_000) return (network, part);
        }
    }

    private static List<Slice> Whole(Network network) => [.. network.Populations.Select(p => new Slice(p.Index, 0, p.Size))];

    private static byte[] Sealed(byte[] content) => [.. content, .. BitConverter.GetBytes(Crc32C.Of(content))];

    private static void AssertRefused(Network network, byte[] part) => Refusal(network, part, Tick);

    private static string Refusal(Network network, byte[] part, long tick)
    {
        var e = Assert.Throws<ArchiveException>(() => StatePart.MergeInto(new NetworkState(network, tick), part, "part 0"));
        AssertOneLine(e);
        return e.Message;
    }

    private static void AssertOneLine(ArchiveException e)
    {
        Assert.StartsWith("part 0: ", e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }
}
