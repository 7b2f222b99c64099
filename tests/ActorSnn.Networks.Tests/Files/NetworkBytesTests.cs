using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace ActorSnn.Networks.Tests;

/// <summary>Networks as bytes: whatever can be built comes back as it was, and nothing else comes in.</summary>
public class NetworkBytesTests
{
    private const int Checksum = 32;

    private static readonly Dictionary<string, Func<Network>> Networks = new()
    {
        ["everything a file can hold"] = () => Everything.Network,
        ["cuba"] = () => BenchmarkNetworks.Cuba(),
        ["coba"] = () => BenchmarkNetworks.Coba(),
        ["brunel"] = () => BenchmarkNetworks.Brunel(),
        ["sparse"] = () => BenchmarkNetworks.Sparse(),
        ["samples"] = Samples,
        ["odd names"] = OddNames,
        ["delayed and broken"] = Broken,
        ["a single neuron"] = () => new NetworkBuilder("").AddPopulation("n", 1, new GatedThresholdNeuron()).Build(),
    };

    public static TheoryData<string> Names => [.. Networks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_network_comes_back_as_it_was(string name)
    {
        var network = Networks[name]();
        var bytes = NetworkBytes.Write(network);
        var read = NetworkBytes.Read(bytes, "sent");
        Assert.Equal(network.Hash, read.Hash);
        Assert.Equal((network.Name, network.Seed, network.TimeStepMs), (read.Name, read.Seed, read.TimeStepMs));
        Assert.Equal(network.Populations.Select(p => (p.Name, p.Size, p.Model.GetType())), read.Populations.Select(p => (p.Name, p.Size, p.Model.GetType())));
        Assert.Equal(network.Projections.Select(p => (p.Name, p.Delay, p.Weight.GetType())), read.Projections.Select(p => (p.Name, p.Delay, p.Weight.GetType())));
        Assert.Equal(network.Inputs.AsEnumerable(), read.Inputs);
        Assert.Equal(network.Probes.AsEnumerable(), read.Probes);
        Assert.Equal(bytes, NetworkBytes.Write(read));
    }

    private static Network Broken() => new NetworkBuilder("broken")
        .AddPopulation("a", 10, new GatedThresholdNeuron(1))
        .AddPopulation("b", 10, new GatedThresholdNeuron(1))
        .AddPopulation("r", 4, new LifDelta())
        .AddProjection("a", "b", Connectivity.Dense, Weight.Constant(2), Delay.Ticks(2), new HebbianCoincidence(new ReinforcementClock(2, [0])))
        .AddProjection("r", "r", Connectivity.OneToOne, Weight.Constant(1))
        .SetTiming(new DelayedTiming(9, [new Disturbance("a*", 3, 4, 0.5, 0.25, 0.125, 7, 99), new Disturbance()]))
        .AddFault(new SilenceNeurons(new NeuronTarget("a", Neurons: [1, 2]), 5, 8))
        .AddFault(new StickNeurons(new NeuronTarget("b*", 0.5, 3), 1, null, 4))
        .AddFault(new FlipWeightBits(new SynapseTarget("a->b", Pairs: [(1, 2), (3, 4)]), 7, 12))
        .AddFault(new FlipWeightBits(new SynapseTarget("*", 0.1, 4), null, 13))
        .AddFault(new StickWeightBits(new SynapseTarget("a->b", 0.2), 3, true, 6))
        .AddFault(new FlipWeightBitsAtRate("r->r", 0.5, 2, 3, 4, 5))
        .Build();

    [Fact]
    public void What_was_shared_is_shared_again()
    {
        var network = NetworkBytes.Read(NetworkBytes.Write(Samples()), "sent");
        var sources = network.Populations.Select(p => p.Model).OfType<SampleSource>().ToArray();
        Assert.Same(sources[0].Presentation, sources[1].Presentation);
        Assert.Same(sources[0].Frames, sources[2].Frames);
        Assert.NotSame(sources[0].Presentation, sources[2].Presentation);
        Assert.Same(network.Projections[0].Weight, network.Projections[1].Weight);
        Assert.Same(network.Projections[0].Learning, network.Projections[1].Learning);
    }

    [Fact]
    public void Numbers_keep_their_bits()
    {
        var network = new NetworkBuilder("bits", timeStepMs: 0.1)
            .AddPopulation("n", 2, new LifDelta(TauMs: 1.0 / 3, InitialMv: -0.0))
            .AddProjection("n", "n", Connectivity.OneToOne, Weight.Array((float[])[-0.0f, float.Epsilon]))
            .AddProjection("n", "n", Connectivity.Dense, Weight.Normal(0.1, 0.2, double.NegativeInfinity, double.PositiveInfinity))
            .Build();
        var read = NetworkBytes.Read(NetworkBytes.Write(network), "sent");
        Assert.Equal(network.Hash, read.Hash);
        Assert.True(double.IsNegative(((InitialValue.ConstantValue)((LifDelta)read["n"].Model).InitialMv).Value));
        Assert.True(float.IsNegative(((Weight.ArrayWeight)read.Projections[0].Weight).Values[0]));
    }

    [Fact]
    public void Every_flipped_byte_is_refused()
    {
        foreach (var network in new[] { Everything.Network, Samples() })
        {
            var bytes = NetworkBytes.Write(network);
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] ^= (byte)(1 << (i % 8));
                RefusalOf(bytes);
                bytes[i] ^= (byte)(1 << (i % 8));
            }
            Assert.Equal(network.Hash, NetworkBytes.Read(bytes, "sent").Hash);
        }
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        foreach (var network in new[] { Everything.Network, Samples() })
        {
            var bytes = NetworkBytes.Write(network);
            for (int length = 0; length < bytes.Length; length++)
            {
                RefusalOf(bytes.AsMemory(0, length));
                // With a forged checksum, what ends at the end of a section is a network of fewer parts.
                if (length < 12 + Checksum) continue;
                IsAnother(Sealed(bytes.AsSpan(0, length - Checksum)), network);
            }
            RefusalOf(Sealed([.. bytes.AsSpan(0, bytes.Length - Checksum), 0]));
        }
    }

    /// <summary>Who forges the checksum, too, gets an error of one line, or another network that is as good as any.</summary>
    [Fact]
    public void A_flipped_byte_under_a_forged_checksum_is_refused_or_another_network()
    {
        int refused = 0;
        int others = 0;
        foreach (var network in new[] { Everything.Network, Samples() })
        {
            var bytes = NetworkBytes.Write(network);
            var content = bytes[..^Checksum];
            for (int i = 0; i < content.Length; i++)
            {
                foreach (byte flip in (byte[])[1, 0x80, 0xff])
                {
                    content[i] ^= flip;
                    var forged = Sealed(content);
                    content[i] ^= flip;
                    if (IsAnother(forged, network)) others++;
                    else refused++;
                }
            }
        }
        Assert.True(refused > 1000 && others > 1000, $"{refused} refused, {others} others");
    }

    [Fact]
    public void A_forged_length_takes_no_memory()
    {
        foreach (var network in new[] { Everything.Network, Samples() })
        {
            var content = NetworkBytes.Write(network)[..^Checksum];
            for (int i = 12; i + 4 <= content.Length; i++)
            {
                int before = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(i));
                foreach (int length in (int[])[int.MaxValue, int.MinValue, 1 << 28, -1, content.Length])
                {
                    BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(i), length);
                    var forged = Sealed(content);
                    long allocated = GC.GetAllocatedBytesForCurrentThread();
                    try
                    {
                        NetworkBytes.Read(forged, "sent");
                    }
                    catch (NetworkException e)
                    {
                        AssertOneLine(e);
                    }
                    allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
                    Assert.True(allocated < 200_000 + 30L * forged.Length, $"{allocated} bytes for {forged.Length}, {length} at byte {i}");
                }
                BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(i), before);
            }
        }
    }

    [Fact]
    public void Many_small_parts_take_a_small_multiple_of_their_bytes()
    {
        var builder = new NetworkBuilder("many").AddPopulation("n", 1, new GatedThresholdNeuron());
        for (int i = 0; i < 5000; i++)
        {
            builder.AddPopulation($"p{i}", 70_000, new IntegrateAndFire()).AddProbe(new SpikeCountProbe($"{i}", $"p{i}", 3));
            builder.AddProjection("n", $"p{i}", Connectivity.OneToAll, Weight.Constant(1)).AddPoissonInput($"p{i}", 10, 1);
        }
        builder.AddProjection("p0", "n", Connectivity.Pairs([.. Enumerable.Range(0, 70_000).Select(i => (i, 0))]), Weight.Constant(0));
        var bytes = NetworkBytes.Write(builder.Build());
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        NetworkBytes.Read(bytes, "sent");
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Assert.InRange(allocated, 1, 30L * bytes.Length);
    }

    [Fact]
    public void Errors_say_what_is_wrong_and_where()
    {
        Assert.Equal("sent: is no network in bytes, which begins with ASNNNET", RefusalOf(Encoding.UTF8.GetBytes(Everything.Json)).Message);
        Assert.StartsWith("sent: version: 3; this build reads version 2", RefusalOf(Changed(b => b[8] = 3)).Message);
        Assert.Contains("do not match their checksum", RefusalOf((byte[])[.. NetworkBytes.Write(Everything.Network)[..^1], 0]).Message);
        Assert.Contains("has a section \"LATR\", which this build does not know",
            RefusalOf(Sealed([.. NetworkBytes.Write(Samples())[..^Checksum], .. "LATR"u8, 0, 0, 0, 0])).Message);
        Assert.StartsWith("sent: populations[0].size: 0; give 1 to", RefusalOf(Changed(b => b.AsSpan(At(b, "POPS") + 4 + 4 + 4 + 4 + 2 * "ticks".Length, 4).Clear())).Message);

        static byte[] Changed(Action<byte[]> change)
        {
            var content = NetworkBytes.Write(Everything.Network)[..^Checksum];
            change(content);
            return Sealed(content);
        }

        static int At(byte[] bytes, string section) => bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(section));
    }

    [Fact]
    public void A_model_of_somebody_elses_is_not_sent()
    {
        var network = new NetworkBuilder("own").AddPopulation("n", 1, new OwnModel()).Build();
        Assert.Contains("\"n\"", Assert.Throws<NetworkException>(() => NetworkBytes.Write(network)).Field);
    }

    [Fact]
    public void Frames_with_bits_beyond_their_size_are_refused() => Assert.Throws<ArgumentException>(() => new BitFrames(2, 65, [0, 1, 0, 2]));

    private static NetworkException RefusalOf(ReadOnlyMemory<byte> bytes)
    {
        var refusal = Assert.Throws<NetworkException>(() => NetworkBytes.Read(bytes, "sent"));
        AssertOneLine(refusal);
        return refusal;
    }

    /// <summary>Whether bytes are taken, as another network or one with other names or probes; if not, they are refused in one line.</summary>
    private static bool IsAnother(byte[] bytes, Network network)
    {
        try
        {
            var read = NetworkBytes.Read(bytes, "sent");
            Assert.True(read.Hash != network.Hash || NetworkBytes.Write(read).AsSpan().SequenceEqual(bytes), $"{Convert.ToHexString(bytes)} passes for the network");
            return true;
        }
        catch (NetworkException e)
        {
            AssertOneLine(e);
            return false;
        }
    }

    private static void AssertOneLine(NetworkException e)
    {
        Assert.StartsWith("sent: ", e.Message);
        Assert.DoesNotContain(e.Message, char.IsControl);
        Assert.InRange(e.Message.Length, 10, 500);
    }

    private static byte[] Sealed(ReadOnlySpan<byte> content) => [.. content, .. SHA256.HashData(content)];

    private static Network Samples()
    {
        var frames = new BitFrames(3, 70, [1, 2, 3, 4, ulong.MaxValue, 63]);
        var presentation = new SamplePresentation(3, 8, Shuffled: true, Seed: ulong.MaxValue);
        var weights = Weight.Array((float[])[2, -4, 6, 8, 254, -256, .. new float[134]]);
        var rule = new HebbianCoincidence(new ReinforcementClock(4, [3, 1]));
        return new NetworkBuilder("samples", ulong.MaxValue, 0.5)
            .AddPopulation("a", 70, new SampleSource(frames, presentation, 4))
            .AddPopulation("b", 3, new SampleSource(BitFrames.OneHot([2, 0, 1], 3), presentation, 5))
            .AddPopulation("c", 70, new SampleSource(frames, presentation with { Shuffled = false }, 6))
            .AddPopulation("n", 2, new GatedThresholdNeuron(5, -5))
            .AddProjection("a", "n", Connectivity.Dense, weights, Delay.One, rule)
            .AddProjection("c", "n", Connectivity.Dense, weights, Delay.One, rule)
            .AddProjection("n", "n", Connectivity.Dense, Weight.Constant(2), Delay.Uniform(3, 3))
            .AddProjection("n", "n", Connectivity.Pairs(), Weight.Array(ImmutableArray<float>.Empty))
            .AddProbe(new PotentialProbe("v", "n", new TickFilter(4, 3)))
            .AddProbe(new SpikeCountProbe("counts", "a", 8))
            .Build();
    }

    private static Network OddNames()
    {
        string longest = new('n', NetworkBuilder.MaxNameLength);
        return new NetworkBuilder("a\nb\0\ud800")
            .AddPopulation(longest, 1, new LifDelta())
            .AddPopulation("\udc00", 1, new LifDelta())
            .AddPopulation("π -> \"x\"", 1, new LifDelta())
            .AddProjection(longest, longest, Connectivity.Dense, Weight.Constant(1))
            .AddProjection(longest, longest, Connectivity.Dense, Weight.Constant(1))
            .AddProjection("\udc00", "π -> \"x\"", Connectivity.Dense, Weight.Constant(1))
            .AddPoissonInput(longest, 1, 1)
            .AddPoissonInput(longest, 1, 1)
            .Build();
    }

    private sealed record OwnModel : NeuronModel
    {
        public override string Name => "lif-delta";

        public override void Validate(string field, int size, double timeStepMs) { }

        public override void WriteTo(CanonicalWriter writer) => writer.Write(Name);
    }
}
