using System.Collections.Immutable;
using System.Text;

namespace ActorSnn.Networks;

/// <summary>Builds a network from the sections of <see cref="NetworkBytes"/>. Fewest bytes of an item are those of the shortest one there can be.</summary>
internal sealed class NetworkBytesReader(BlobReader blob)
{
    private SamplePresentation[] _presentations = [];
    private BitFrames[] _frames = [];
    private IntensityFrames[] _intensities = [];
    private Weight[] _weights = [];
    private LearningRule[] _rules = [];
    private string[] _populations = [];
    private NetworkBuilder? _builder;

    /// <exception cref="NetworkException">They are no network.</exception>
    public Network Read()
    {
        int last = -1;
        while (!blob.AtEnd)
        {
            string name = Encoding.ASCII.GetString(blob.Take(4));
            int place = Array.IndexOf(NetworkBytes.Sections, name);
            if (place < 0) throw new NetworkException("", $"has a section {JsonFields.Quote(name)}, which this build does not know; use the build that wrote it");
            if (place <= last || (last < 0 && place > 0)) throw blob.Damaged($"\"{name}\" in the wrong place");
            last = place;
            var section = blob.Part($"section \"{name}\"");
            ReadSection(name, section);
            section.RequireEnd();
        }
        return Builder.Build();
    }

    private NetworkBuilder Builder => _builder ?? throw blob.Damaged($"there is no \"{NetworkBytes.Head}\"");

    private void ReadSection(string name, BlobReader section)
    {
        switch (name)
        {
            case NetworkBytes.Head:
                _builder = new NetworkBuilder(section.Text(), (ulong)section.Int64(), section.Double()) { NamesPartsByPosition = true };
                break;
            case NetworkBytes.Presentations: _presentations = Items(section, 25, ReadPresentation); break;
            case NetworkBytes.Frames: _frames = Items(section, 20, ReadFrames); break;
            case NetworkBytes.Intensities: _intensities = Items(section, 13, ReadIntensities); break;
            case NetworkBytes.Weights: _weights = Items(section, 4, s => Weight.Array(s.Array<float>())); break;
            case NetworkBytes.Rules: _rules = Items(section, 38, ReadRule); break;
            case NetworkBytes.Populations: _populations = Items(section, 36, ReadPopulation); break;
            case NetworkBytes.Projections: Each(section, 52, ReadProjection); break;
            case NetworkBytes.Inputs: Each(section, 26, s => Builder.AddPoissonInput(name: s.Text(), target: PopulationOf(s), rateHz: s.Double(), weight: s.Double())); break;
            case NetworkBytes.Probes: Each(section, 32, s => Builder.AddProbe(ReadProbe(s))); break;
            case NetworkBytes.Timing:
                Builder.SetTiming(new DelayedTiming((ulong)section.Int64(), [.. Items(section, 53, ReadDisturbance)]));
                break;
            case NetworkBytes.Faults: Each(section, 30, s => Builder.AddFault(ReadFault(s))); break;
            default: throw new NotSupportedException(name);
        }
    }

    private static Disturbance ReadDisturbance(BlobReader section)
    {
        var disturbance = new Disturbance(section.Text(), section.Int32(), section.Int32(), section.Double(), section.Double(), section.Double());
        var (first, last) = ReadWindow(section);
        return disturbance with { FirstTick = first, LastTick = last };
    }

    private static Fault ReadFault(BlobReader section)
    {
        string kind = section.Text();
        switch (kind)
        {
            case "silence" or "stick":
                var neurons = new NeuronTarget(section.Text(), section.Double(), (ulong)section.Int64(), section.Flag() ? [.. section.Array<int>()] : null);
                var (first, last) = ReadWindow(section);
                return kind == "silence" ? new SilenceNeurons(neurons, first, last) : new StickNeurons(neurons, first, last, section.Int32());
            case "flip" or "stick-bit":
                var synapses = new SynapseTarget(section.Text(), section.Double(), (ulong)section.Int64(), section.Flag() ? ReadPairs(section) : null);
                int? bit = ReadBit(section);
                return kind == "flip" ? new FlipWeightBits(synapses, bit, section.Int64()) : new StickWeightBits(synapses, bit, section.Flag(), section.Int64());
            case "flip-rate":
                var rate = new FlipWeightBitsAtRate(section.Text(), section.Double(), ReadBit(section));
                var (from, to) = ReadWindow(section);
                return rate with { FirstTick = from, LastTick = to, Seed = (ulong)section.Int64() };
            default:
                throw section.Damaged($"a fault {JsonFields.Quote(kind)}");
        }
    }

    private static ImmutableArray<(int Source, int Target)> ReadPairs(BlobReader section)
    {
        int[] numbers = section.Array<int>();
        if (numbers.Length % 2 != 0) throw section.Damaged("half a synapse");
        return [.. Enumerable.Range(0, numbers.Length / 2).Select(i => (numbers[2 * i], numbers[2 * i + 1]))];
    }

    private static int? ReadBit(BlobReader section) => section.Int32() is >= 0 and var bit ? bit : null;

    private static (long First, long? Last) ReadWindow(BlobReader section)
    {
        long first = section.Int64();
        return (first, section.Int64() is >= 0 and var last ? last : null);
    }

    private static void Each(BlobReader section, int leastBytes, Action<BlobReader> read)
    {
        for (int left = section.Count(leastBytes); left > 0; left--) read(section);
    }

    private static T[] Items<T>(BlobReader section, int leastBytes, Func<BlobReader, T> read)
    {
        var items = new T[section.Count(leastBytes)];
        for (int i = 0; i < items.Length; i++) items[i] = read(section);
        return items;
    }

    private string PopulationOf(BlobReader section) => _populations[section.Index(_populations.Length)];

    private static SamplePresentation ReadPresentation(BlobReader section) => new(section.Int32(), section.Int32(), section.Flag(), (ulong)section.Int64(), section.Int32(), section.Int32());

    private static IntensityFrames ReadIntensities(BlobReader section)
    {
        int count = section.Int32();
        int size = section.Int32();
        try
        {
            return new IntensityFrames(count, size, section.Array<byte>());
        }
        catch (ArgumentException e)
        {
            throw new NetworkException("", section.Damaged($"{count} frames of {size} intensities, and bytes that are not theirs").Problem, inner: e);
        }
    }

    private static BitFrames ReadFrames(BlobReader section)
    {
        int count = section.Int32();
        int size = section.Int32();
        try
        {
            return new BitFrames(count, size, section.Array<ulong>());
        }
        catch (ArgumentException e)
        {
            throw new NetworkException("", section.Damaged($"{count} frames of {size} bits, and words that are not theirs").Problem, inner: e);
        }
    }

    private static LearningRule ReadRule(BlobReader section)
    {
        string kind = KindOf(section, NetworkFormat.RuleKinds);
        if (NetworkFormat.Rules.TryGetValue(kind, out var record)) return (LearningRule)record.Read(section);
        return kind == NetworkFormat.Coincidence ? ReadCoincidence(section) : new HebbianCoincidence(new ReinforcementClock(section.Int32(), [.. section.Array<int>()]));
    }

    private static SpikeCoincidence ReadCoincidence(BlobReader section)
    {
        var quanta = ImmutableArray.CreateBuilder<StepQuantum>(section.Count(sizeof(long) + sizeof(int)));
        while (quanta.Count < quanta.Capacity) quanta.Add(new StepQuantum(section.Int64(), section.Int32()));
        return new SpikeCoincidence(quanta.MoveToImmutable(), section.Int32(), section.Int32(), section.Double(), section.Flag() ? (DeviceModel)NetworkFormat.Device.Read(section) : null);
    }

    private string ReadPopulation(BlobReader section)
    {
        string name = section.Text();
        int size = section.Int32();
        Builder.AddPopulation(name, size, ReadModel(section));
        return name;
    }

    private NeuronModel ReadModel(BlobReader section)
    {
        string kind = KindOf(section, [.. NetworkFormat.ModelKinds, NetworkFormat.GradedSpikeArray, NetworkFormat.Samples, NetworkFormat.Intensities, NetworkFormat.Latencies]);
        if (NetworkFormat.Models.TryGetValue(kind, out var record)) return (NeuronModel)record.Read(section);
        if (kind == NetworkFormat.Samples)
            return new SampleSource(Presentation: _presentations[section.Index(_presentations.Length)], Frames: _frames[section.Index(_frames.Length)], FirstTick: section.Int64());
        if (kind == NetworkFormat.Intensities)
        {
            return new IntensitySource(
                Presentation: _presentations[section.Index(_presentations.Length)], Frames: _intensities[section.Index(_intensities.Length)], FirstTick: section.Int64());
        }
        if (kind == NetworkFormat.Latencies)
        {
            var frames = _intensities[section.Index(_intensities.Length)];
            int steps = section.Int32();
            return section.Flag() ? new LatencySource(frames, steps, _presentations[section.Index(_presentations.Length)], section.Int64()) : new LatencySource(frames, steps);
        }
        var spikes = ImmutableArray.CreateBuilder<Spike>(section.Count(sizeof(long) + sizeof(int)));
        while (spikes.Count < spikes.Capacity)
        {
            var spike = new Spike(section.Int64(), section.Int32());
            if (spikes.Count > 0 && spikes[^1].CompareTo(spike) >= 0) throw section.Damaged("spikes out of order");
            spikes.Add(spike);
        }
        if (kind == NetworkFormat.SpikeArray) return SpikeArraySource.OfSorted(spikes.MoveToImmutable(), null);
        float[] grades = section.Array<float>();
        if (grades.Length != spikes.Count) throw section.Damaged($"{grades.Length} grades for {spikes.Count} spikes");
        return SpikeArraySource.OfSorted(spikes.MoveToImmutable(), [.. grades]);
    }

    private void ReadProjection(BlobReader section)
    {
        string name = section.Text();
        string source = PopulationOf(section);
        string target = PopulationOf(section);
        var connectivity = ReadConnectivity(section);
        var weight = ReadWeight(section);
        var delay = section.Flag() ? Delay.Uniform(section.Int32(), section.Int32()) : Delay.Ticks(section.Int32());
        var rule = section.Flag() ? _rules[section.Index(_rules.Length)] : null;
        Builder.AddProjection(source, target, connectivity, weight, delay, rule, name);
    }

    private static Connectivity ReadConnectivity(BlobReader section)
    {
        switch (KindOf(section, NetworkFormat.ConnectivityKinds))
        {
            case "dense": return Connectivity.Dense;
            case "one-to-one": return Connectivity.OneToOne;
            case "one-to-all": return Connectivity.OneToAll;
            case "random": return Connectivity.Random(section.Double());
            case "fixed-in-degree": return Connectivity.FixedInDegree(section.Int32());
            case "fixed-out-degree": return Connectivity.FixedOutDegree(section.Int32());
            default:
                var pairs = ImmutableArray.CreateBuilder<(int, int)>(section.Count(2 * sizeof(int)));
                while (pairs.Count < pairs.Capacity) pairs.Add((section.Int32(), section.Int32()));
                return new Connectivity.PairsConnectivity(pairs.MoveToImmutable());
        }
    }

    private Weight ReadWeight(BlobReader section) => KindOf(section, ["constant", .. NetworkFormat.WeightKinds]) switch
    {
        "constant" => Weight.Constant(section.Double()),
        "uniform" => Weight.Uniform(section.Double(), section.Double(), section.Double()),
        "normal" => Weight.Normal(section.Double(), section.Double(), section.Double(), section.Double(), section.Double()),
        _ => _weights[section.Index(_weights.Length)],
    };

    private Probe ReadProbe(BlobReader section)
    {
        string name = section.Text();
        string population = PopulationOf(section);
        string kind = KindOf(section, NetworkFormat.ProbeKinds);
        var ticks = new TickFilter(section.Int32(), section.Int32());
        switch (kind)
        {
            case "spikes": return new SpikeProbe(name, population, ticks);
            case "potential": return new PotentialProbe(name, population, ticks);
            default:
                if (ticks.Phase != 0) throw section.Damaged($"a count at phase {ticks.Phase}");
                return new SpikeCountProbe(name, population, ticks.PeriodTicks);
        }
    }

    private static string KindOf(BlobReader section, IReadOnlyCollection<string> kinds)
    {
        string kind = section.Text();
        if (!kind.All(char.IsAscii)) throw section.Damaged("a kind that is no plain text");
        return kinds.Contains(kind) ? kind : throw section.Damaged($"kind {JsonFields.Quote(kind)} is unknown; known are {string.Join(", ", kinds)}");
    }
}
