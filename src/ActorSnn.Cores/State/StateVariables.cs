using System.Runtime.InteropServices;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>The state variables of the neuron models that keep any.</summary>
public static class StateVariables
{
    /// <summary>Name of the variable that says for how many ticks a neuron is still refractory.</summary>
    internal const string Refractory = "refractory";

    /// <summary>
    /// Names of a model's variables, in order; none for models without real-valued state. "membrane" and the currents of linear models are kept scaled by
    /// the growth since the start of a period, so that they stand still while nothing arrives; "refractory" is in ticks. Of composite and winner-take-all neurons "sum" is that of the
    /// currents since the sample's onset, in weight units; "derivative s" that of step s in its window, times the gain; "draws" and "clipped" count backward spikes that were drawn, and those
    /// whose probability was above 1. Of neurons that tell by their first spike "start" is the tick in which the sample began, -1 before the first, and "crossing step" counts from there, the number of steps where it
    /// has not crossed.
    /// </summary>
    public static IReadOnlyList<string> Of(NeuronModel model) => model switch
    {
        IntegrateAndFire or LifDelta => ["membrane", Refractory],
        LifExponential or LifConductance => ["membrane", Refractory, "excitatory", "inhibitory"],
        Izhikevich => ["membrane", "recovery"],
        CompositeNeuron { HasBackward: true } composite => ["sum", "draws", "clipped", .. Enumerable.Range(0, composite.WindowSteps).Select(step => $"derivative {step}")],
        SteppedNeuronModel => ["sum"],
        FirstSpikeReadout => ["start", "sample", "crossing step", "potential", "taught", "answered"],
        FirstSpikeNeuron => ["start", "sample", "crossing step", "potential"],
        LatencySource => ["start", "sample"],
        _ => [],
    };

    /// <summary>Writes values by their bits, zero without its sign: whether a negative zero arises depends on when a neuron is looked at.</summary>
    internal static void WriteTo(CanonicalWriter writer, ReadOnlySpan<double> values)
    {
        var plain = new double[values.Length];
        System.Numerics.Tensors.TensorPrimitives.Add(values, 0.0, plain);
        writer.Write(MemoryMarshal.AsBytes<double>(plain));
    }
}

/// <summary>What a projection has learned by <see cref="PairStdp"/>.</summary>
/// <param name="sources">Neurons of the source population.</param>
/// <param name="targets">Neurons of the target population.</param>
public sealed class PlasticState(int sources, int targets)
{
    /// <summary>
    /// For each target neuron the weights of its synapses, by source neuron, then in the order in which they were drawn. Empty before a state is captured:
    /// weights are then as drawn.
    /// </summary>
    public float[][] Weights { get; } = [.. Enumerable.Repeat(Array.Empty<float>(), targets)];

    /// <summary>Trace of what arrived from each source neuron, scaled as the state variables are.</summary>
    public double[] SourceTraces { get; } = new double[sources];

    /// <summary>Trace of each target neuron's spikes, scaled as the state variables are.</summary>
    public double[] TargetTraces { get; } = new double[targets];

    internal void WriteTo(CanonicalWriter writer)
    {
        foreach (var weights in Weights) writer.Write(MemoryMarshal.AsBytes<float>(weights));
        StateVariables.WriteTo(writer, SourceTraces);
        StateVariables.WriteTo(writer, TargetTraces);
    }
}
