using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>Builds the slices of what tells by first spikes, and joins those that belong together.</summary>
internal static class FirstSpikeParts
{
    /// <summary>Builds a slice.</summary>
    /// <param name="network">The network.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="home">Where it lives.</param>
    /// <param name="seen">What a projection sees of its source.</param>
    public static PopulationSlice Build(Network network, Slice slice, SliceHome home, Func<Projection, SpikeHistory> seen)
    {
        var onto = network.Projections.Where(p => p.Target == slice.Population).ToList();
        (BitHistory, int) Delayed(Projection p) => ((BitHistory)seen(p), p.Delay.Min);
        switch (network.Populations[slice.Population].Model)
        {
            case ErrorPorts: return new ErrorPortSlice(slice, home);
            case AnswerPorts: return new LinePortSlice(slice, home, spikesFirst: false);
            case StartPort: return new LinePortSlice(slice, home, spikesFirst: true);
            case LatencySource source: return new LatencySlice(slice, home, source, source.Presentation is null && onto is [var start] ? Delayed(start) : null);
            case FirstSpikeReadout readout:
                return new ReadoutSlice(
                    slice, home, readout, Inputs(network, slice, readout, onto.Where(p => p.Connectivity is Connectivity.DenseConnectivity), onto, seen),
                    [.. onto.Where(p => p.Connectivity is Connectivity.OneToOneConnectivity).Select(Delayed)]);
            case FirstSpikeNeuron neuron: return Hidden(network, slice, home, neuron, onto, seen);
            case var model: throw new NotSupportedException($"model {model.Name}");
        }
    }

    /// <summary>Joins ports with the slices that say what they emit.</summary>
    public static void Join(Network network, PopulationSlice[] slices)
    {
        foreach (var ports in slices)
        {
            if (network.Populations[ports.Slice.Population].Model is not PortsOf { Of: var name }) continue;
            int population = network[name].Index;
            var owner = slices.OfType<FirstSpikeSlice>().FirstOrDefault(s => s.Slice.Population == population && (ports is LinePortSlice || (s.Slice.Start, s.Slice.Count) == (ports.Slice.Start, ports.Slice.Count)))
                ?? throw new InvalidOperationException($"ports of population {population} without the neurons they belong to");
            switch (ports, owner)
            {
                case (ErrorPortSlice errors, FirstSpikeHiddenSlice hidden): hidden.Errors = errors; break;
                case (ErrorPortSlice errors, ReadoutSlice readout): readout.Errors = errors; break;
                case (LinePortSlice lines, ReadoutSlice readout) when network.Populations[lines.Slice.Population].Model is StartPort: readout.Starts = lines; break;
                case (LinePortSlice lines, ReadoutSlice readout): readout.Answers = lines; break;
            }
        }
    }

    private static FirstSpikeHiddenSlice Hidden(Network network, Slice slice, SliceHome home, FirstSpikeNeuron neuron, List<Projection> onto, Func<Projection, SpikeHistory> seen)
    {
        Population From(Projection p) => network.Populations[p.Source];
        var dense = onto.Where(p => p.Connectivity is Connectivity.DenseConnectivity).ToList();
        var errors = dense.Where(p => From(p).Model is ErrorPorts).ToList();
        var above = errors.Select(e => dense.First(p => From(p).Name == ((ErrorPorts)From(e).Model).Of)).ToList();
        (GradedHistory, int) Graded(Projection p) => ((GradedHistory)seen(p), p.Delay.Min);
        var backward = new FirstSpikeBackward(
            [.. errors.Select(p => (new TimingAfferent(network, p, slice, neuron.BackwardForm, keepsSigns: false), (GradedHistory)seen(p)))],
            [.. above.Select(p => ((BitHistory)seen(p), p.Delay.Min, (FirstSpikeModel)From(p).Model))],
            [.. onto.Where(p => p.Connectivity is Connectivity.OneToOneConnectivity).Select(Graded)],
            [.. dense.Where(p => From(p).Model.IsGraded && From(p).Model is not ErrorPorts).Select(Graded)]);
        var forward = dense.Where(p => !From(p).Model.IsGraded).Except(above);
        return new FirstSpikeHiddenSlice(slice, home, neuron, Inputs(network, slice, neuron, forward, onto, seen), backward);
    }

    private static FirstSpikeInputs Inputs(
        Network network, Slice slice, FirstSpikeModel model, IEnumerable<Projection> forward, List<Projection> onto, Func<Projection, SpikeHistory> seen)
    {
        var start = onto.SingleOrDefault(p => p.Connectivity is Connectivity.OneToAllConnectivity && !network.Populations[p.Source].Model.IsGraded);
        return new FirstSpikeInputs(
            start is null ? null : (new TimingAfferent(network, start, slice, SynapseForm.Real, keepsSigns: false), (BitHistory)seen(start)),
            [.. forward.Select(p => (new TimingAfferent(network, p, slice, model.Form, keepsSigns: true), (BitHistory)seen(p)))]);
    }
}
