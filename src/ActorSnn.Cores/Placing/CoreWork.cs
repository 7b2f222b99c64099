namespace ActorSnn.Cores;

/// <summary>Estimated work of a tick, in that of one neuron: what cores and nodes are balanced by.</summary>
internal static class CoreWork
{
    /// <summary>Work of a slice beyond that of its neurons.</summary>
    public const int PerSlice = 64;

    /// <summary>Bytes of synapses that are about as much work as a neuron.</summary>
    public const int BytesPerWork = 100;

    /// <summary>Work of a core.</summary>
    public static double Of(CorePlacement core) => core.Neurons + core.SynapseBytes / (double)BytesPerWork + PerSlice * core.Slices.Length;
}
