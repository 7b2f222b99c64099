using System.Runtime.InteropServices;
using System.Text;

namespace ActorSnn.Networks;

/// <summary>Writes the sections of <see cref="NetworkBytes"/>. What stands in a table of its own is named by its number in it.</summary>
internal sealed class NetworkBytesWriter(BlobWriter blob, Network network)
{
    private readonly Shared<SamplePresentation> _presentations = new();
    private readonly Shared<BitFrames> _frames = new();
    private readonly Shared<IntensityFrames> _intensities = new();
    private readonly Shared<Weight.ArrayWeight> _weights = new();
    private readonly Shared<LearningRule> _rules = new();

    public void Write()
    {
        foreach (var population in network.Populations)
        {
            switch (population.Model)
            {
                case SampleSource source:
                    _presentations.Add(source.Presentation);
                    _frames.Add(source.Frames);
                    break;
                case IntensitySource source:
                    _presentations.Add(source.Presentation);
                    _intensities.Add(source.Frames);
                    break;
                case LatencySource source:
                    if (source.Presentation is not null) _presentations.Add(source.Presentation);
                    _intensities.Add(source.Frames);
                    break;
            }
        }
        foreach (var projection in network.Projections)
        {
            if (projection.Weight is Weight.ArrayWeight array) _weights.Add(array);
            if (projection.Learning is { } rule) _rules.Add(rule);
        }
        int start = Begin(NetworkBytes.Head);
        blob.Text(network.Name);
        blob.Int64((long)network.Seed);
        blob.Double(network.TimeStepMs);
        blob.EndPart(start);
        Section(NetworkBytes.Presentations, _presentations.Items, Write);
        Section(NetworkBytes.Frames, _frames.Items, Write);
        Section(NetworkBytes.Intensities, _intensities.Items, Write);
        Section(NetworkBytes.Weights, _weights.Items, array => Write(array.Values.AsSpan()));
        Section(NetworkBytes.Rules, _rules.Items, Write);
        Section(NetworkBytes.Populations, network.Populations, Write);
        Section(NetworkBytes.Projections, network.Projections, Write);
        Section(NetworkBytes.Inputs, network.Inputs, Write);
        Section(NetworkBytes.Probes, network.Probes, Write);
        if (network.Timing is { } timing)
        {
            int part = Begin(NetworkBytes.Timing);
            blob.Int64((long)timing.Seed);
            blob.Int32(timing.Disturbances.Length);
            foreach (var disturbance in timing.Disturbances) Write(disturbance);
            blob.EndPart(part);
        }
        Section(NetworkBytes.Faults, network.Faults, Write);
    }

    private int Begin(string section)
    {
        blob.Raw(Encoding.ASCII.GetBytes(section));
        return blob.BeginPart();
    }

    private void Section<T>(string section, IReadOnlyCollection<T> items, Action<T> write)
    {
        if (items.Count == 0) return;
        int start = Begin(section);
        blob.Int32(items.Count);
        foreach (var item in items) write(item);
        blob.EndPart(start);
    }

    private void Write<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        blob.Int32(values.Length);
        blob.Raw(MemoryMarshal.AsBytes(values));
    }

    private void Write(SamplePresentation presentation)
    {
        blob.Int32(presentation.SampleCount);
        blob.Int32(presentation.PeriodTicks);
        blob.Byte((byte)(presentation.Shuffled ? 1 : 0));
        blob.Int64((long)presentation.Seed);
        blob.Int32(presentation.Steps);
        blob.Int32(presentation.WindowSteps);
    }

    private void Write(IntensityFrames frames)
    {
        blob.Int32(frames.Count);
        blob.Int32(frames.Size);
        Write(frames.Bytes);
    }

    private void Write(BitFrames frames)
    {
        blob.Int32(frames.Count);
        blob.Int32(frames.Size);
        Write(frames.Words);
    }

    private void Write(Disturbance disturbance)
    {
        blob.Text(disturbance.Projections);
        blob.Int32(disturbance.LatencyTicks);
        blob.Int32(disturbance.JitterTicks);
        blob.Double(disturbance.Loss);
        blob.Double(disturbance.Duplication);
        blob.Double(disturbance.Delayed);
        WriteWindow(disturbance.FirstTick, disturbance.LastTick);
    }

    private void Write(Fault fault)
    {
        switch (fault)
        {
            case SilenceNeurons silence:
                blob.Text("silence");
                Write(silence.Neurons);
                WriteWindow(silence.FirstTick, silence.LastTick);
                break;
            case StickNeurons stick:
                blob.Text("stick");
                Write(stick.Neurons);
                WriteWindow(stick.FirstTick, stick.LastTick);
                blob.Int32(stick.PeriodTicks);
                break;
            case FlipWeightBits flip:
                blob.Text("flip");
                Write(flip.Synapses);
                blob.Int32(flip.Bit ?? -1);
                blob.Int64(flip.Tick);
                break;
            case StickWeightBits stick:
                blob.Text("stick-bit");
                Write(stick.Synapses);
                blob.Int32(stick.Bit ?? -1);
                blob.Byte((byte)(stick.Value ? 1 : 0));
                blob.Int64(stick.FirstTick);
                break;
            case FlipWeightBitsAtRate rate:
                blob.Text("flip-rate");
                blob.Text(rate.Projections);
                blob.Double(rate.PerTick);
                blob.Int32(rate.Bit ?? -1);
                WriteWindow(rate.FirstTick, rate.LastTick);
                blob.Int64((long)rate.Seed);
                break;
            default:
                throw new NotSupportedException(fault.GetType().Name);
        }
    }

    private void Write(NeuronTarget target)
    {
        blob.Text(target.Populations);
        blob.Double(target.Share);
        blob.Int64((long)target.Seed);
        blob.Byte((byte)(target.Neurons is null ? 0 : 1));
        if (target.Neurons is { } neurons) Write(neurons.AsSpan());
    }

    private void Write(SynapseTarget target)
    {
        blob.Text(target.Projections);
        blob.Double(target.Share);
        blob.Int64((long)target.Seed);
        blob.Byte((byte)(target.Pairs is null ? 0 : 1));
        if (target.Pairs is { } pairs) Write<int>([.. pairs.SelectMany(p => (int[])[p.Source, p.Target])]);
    }

    /// <summary>Ticks count from 0: -1 stands for no end.</summary>
    private void WriteWindow(long firstTick, long? lastTick)
    {
        blob.Int64(firstTick);
        blob.Int64(lastTick ?? -1);
    }

    private void Write(LearningRule rule)
    {
        blob.Text(rule.Name);
        if (NetworkFormat.Rules.TryGetValue(rule.Name, out var record)) record.Write(rule, blob);
        else if (rule is HebbianCoincidence { Clock: var clock })
        {
            blob.Int32(clock.PeriodTicks);
            Write(clock.OnPhases.AsSpan());
        }
        else if (rule is SpikeCoincidence coincidence)
        {
            blob.Int32(coincidence.Quanta.Length);
            foreach (var (step, units) in coincidence.Quanta)
            {
                blob.Int64(step);
                blob.Int32(units);
            }
            blob.Int32(coincidence.Bound);
            blob.Int32(coincidence.Entity);
            blob.Double(coincidence.DecayRate);
            blob.Byte((byte)(coincidence.Device is null ? 0 : 1));
            if (coincidence.Device is { } device) NetworkFormat.Device.Write(device, blob);
        }
        else throw new NotSupportedException(rule.Name);
    }

    private void Write(Population population)
    {
        blob.Text(population.Name);
        blob.Int32(population.Size);
        blob.Text(population.Model is SpikeArraySource { IsGraded: true } ? NetworkFormat.GradedSpikeArray : population.Model.Name);
        switch (population.Model)
        {
            case SpikeArraySource source:
                blob.Int32(source.Spikes.Length);
                foreach (var (tick, neuron) in source.Spikes)
                {
                    blob.Int64(tick);
                    blob.Int32(neuron);
                }
                if (source.Grades is { } grades) Write(grades.AsSpan());
                break;
            case SampleSource source:
                blob.Int32(_presentations[source.Presentation]);
                blob.Int32(_frames[source.Frames]);
                blob.Int64(source.FirstTick);
                break;
            case IntensitySource source:
                blob.Int32(_presentations[source.Presentation]);
                blob.Int32(_intensities[source.Frames]);
                blob.Int64(source.FirstTick);
                break;
            case LatencySource source:
                blob.Int32(_intensities[source.Frames]);
                blob.Int32(source.Steps);
                blob.Byte(source.Presentation is null ? (byte)0 : (byte)1);
                if (source.Presentation is null) break;
                blob.Int32(_presentations[source.Presentation]);
                blob.Int64(source.FirstTick);
                break;
            case var model when NetworkFormat.Models.TryGetValue(model.Name, out var record) && record.IsOf(model):
                record.Write(model, blob);
                break;
            default:
                throw new NetworkException($"populations[\"{population.Name}\"].model", $"model {population.Model.Name} is none of this library's and cannot be sent");
        }
    }

    private void Write(Projection projection)
    {
        blob.Text(projection.Name);
        blob.Int32(projection.Source);
        blob.Int32(projection.Target);
        Write(projection.Connectivity);
        Write(projection.Weight);
        blob.Byte((byte)(projection.Delay is Delay.UniformDelay ? 1 : 0));
        blob.Int32(projection.Delay.Min);
        if (projection.Delay is Delay.UniformDelay) blob.Int32(projection.Delay.Max);
        blob.Byte((byte)(projection.Learning is null ? 0 : 1));
        if (projection.Learning is { } rule) blob.Int32(_rules[rule]);
    }

    private void Write(Connectivity connectivity)
    {
        blob.Text(connectivity.Name);
        switch (connectivity)
        {
            case Connectivity.RandomConnectivity random: blob.Double(random.Probability); break;
            case Connectivity.FixedInDegreeConnectivity degree: blob.Int32(degree.InDegree); break;
            case Connectivity.FixedOutDegreeConnectivity degree: blob.Int32(degree.OutDegree); break;
            case Connectivity.PairsConnectivity pairs:
                blob.Int32(pairs.List.Length);
                foreach (var (source, target) in pairs.List)
                {
                    blob.Int32(source);
                    blob.Int32(target);
                }
                break;
        }
    }

    private void Write(Weight weight)
    {
        blob.Text(weight.Name);
        ReadOnlySpan<double> numbers = weight switch
        {
            Weight.ConstantWeight constant => [constant.Value],
            Weight.UniformWeight uniform => [uniform.Low, uniform.High, uniform.Step],
            Weight.NormalWeight normal => [normal.Mean, normal.StandardDeviation, normal.Low, normal.High, normal.Step],
            _ => [],
        };
        foreach (double number in numbers) blob.Double(number);
        if (weight is Weight.ArrayWeight array) blob.Int32(_weights[array]);
    }

    private void Write(PoissonInput input)
    {
        blob.Text(input.Name);
        blob.Int32(input.Target);
        blob.Double(input.RateHz);
        blob.Double(input.Weight);
    }

    private void Write(Probe probe)
    {
        var (kind, ticks) = probe switch
        {
            SpikeProbe spikes => ("spikes", spikes.Ticks),
            PotentialProbe potential => ("potential", potential.Ticks),
            SpikeCountProbe count => ("count", new TickFilter(count.PeriodTicks, 0)),
            _ => throw new NotSupportedException(probe.GetType().Name),
        };
        blob.Text(probe.Name);
        blob.Int32(network[probe.Population].Index);
        blob.Text(kind);
        blob.Int32(ticks.PeriodTicks);
        blob.Int32(ticks.Phase);
    }

    /// <summary>Things that several parts of a network hold, each once, in the order in which they are met.</summary>
    private sealed class Shared<T> where T : class
    {
        private readonly Dictionary<T, int> _numbers = new(ReferenceEqualityComparer.Instance);

        public List<T> Items { get; } = [];

        public int this[T item] => _numbers[item];

        public void Add(T item)
        {
            if (_numbers.TryAdd(item, Items.Count)) Items.Add(item);
        }
    }
}
