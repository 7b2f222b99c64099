using ActorSnn.Networks;

namespace ActorSnn.Cores.Tests;

/// <summary>One neuron and lists of spikes that arrive at it, each over a synapse of its own.</summary>
internal static class SingleNeuron
{
    /// <summary>Runs the neuron.</summary>
    /// <param name="model">Its model.</param>
    /// <param name="dt">Tick in ms.</param>
    /// <param name="ticks">Ticks to run.</param>
    /// <param name="inputs">Weights, and the ticks (from 1 on) at which spikes of that weight arrive.</param>
    /// <param name="look">Ticks whose potential is recorded; all when omitted.</param>
    /// <param name="update">How the neuron is updated.</param>
    public static Trace Run(
        NeuronModel model, double dt, long ticks, (double Weight, long[] Arrivals)[] inputs, TickFilter? look = null,
        UpdateStrategy update = UpdateStrategy.Auto)
    {
        var builder = new NetworkBuilder("one neuron", timeStepMs: dt).AddPopulation("neuron", 1, model);
        for (int i = 0; i < inputs.Length; i++)
        {
            builder.AddPopulation($"input {i}", 1, new SpikeArraySource(inputs[i].Arrivals.Select(t => new Spike(t - 1, 0))));
            builder.AddProjection($"input {i}", "neuron", Connectivity.OneToOne, Weight.Constant(inputs[i].Weight));
        }
        builder.AddProbe(new SpikeProbe("spikes", "neuron", TickFilter.EveryTick));
        builder.AddProbe(new PotentialProbe("potentials", "neuron", look ?? TickFilter.EveryTick));
        var recordings = new Lockstep(builder.Build(), new CoreOptions(Update: update)).RunTo(ticks - 1).TakeRecordings();
        return new Trace(
            [.. recordings.Spikes("spikes").Select(s => s.Tick)],
            recordings.Potentials("potentials").ToDictionary(p => p.Tick, p => p.Values[0]));
    }

    /// <summary>Every strategy there is.</summary>
    public static TheoryData<UpdateStrategy> Strategies => [UpdateStrategy.Auto, UpdateStrategy.Dense, UpdateStrategy.Lazy];

    /// <param name="Spikes">Ticks at which it spiked.</param>
    /// <param name="Potentials">Recorded potentials, by tick.</param>
    public sealed record Trace(long[] Spikes, Dictionary<long, float> Potentials);
}
