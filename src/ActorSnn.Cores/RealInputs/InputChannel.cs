using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// What arrives at the neurons of a slice in one tick over the synapses of one projection and sign, added up as whole numbers: spikes where all weights
/// are the same, weight units otherwise. Sums of whole numbers do not depend on the order in which spikes arrive. The slice takes the sums once a
/// tick, times <see cref="Weight"/>, channel by channel.
/// <para>
/// Where few neurons are reached the channel keeps a list of them, so that a tick costs what its events cost; where many are, it does not, and the slice
/// looks through all. Both give the same sums.
/// </para>
/// </summary>
internal sealed class InputChannel
{
    private readonly int[] _touched;

    /// <param name="weight">What one unit of a sum is worth.</param>
    /// <param name="isInhibitory">Whether it holds negative weights of a model that has a synapse for each sign.</param>
    /// <param name="neurons">Neurons of the slice.</param>
    /// <param name="counts">Whether the sums are spike counts of at most 65,535 a tick.</param>
    public InputChannel(double weight, bool isInhibitory, int neurons, bool counts)
    {
        Weight = weight;
        IsInhibitory = isInhibitory;
        int padded = (neurons + 63) / 64 * 64;
        if (counts) Counts = new ushort[padded];
        else Sums = new long[padded];
        _touched = new int[neurons + 1];
    }

    public double Weight { get; }

    public bool IsInhibitory { get; }

    /// <summary>Spikes that reach each neuron, padded to a multiple of 64; null when the sums are weights.</summary>
    public ushort[]? Counts { get; }

    /// <summary>Weight units that reach each neuron, padded to a multiple of 64; null when the sums are counts.</summary>
    public long[]? Sums { get; }

    /// <summary>Spikes that reach every neuron alike. Only with <see cref="Counts"/>.</summary>
    public int Common { get; set; }

    /// <summary>Whether a list of the neurons reached is kept in this tick.</summary>
    public bool IsTracked { get; private set; }

    /// <summary>Whether anything arrived in this tick.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>The neurons reached, in no order; one may be listed twice. Only when tracked.</summary>
    public ReadOnlySpan<int> Touched => _touched.AsSpan(0, TouchedCount);

    public int TouchedCount { get; private set; }

    /// <summary>Starts a tick at which something arrives.</summary>
    /// <param name="tracked">Whether to list the neurons reached.</param>
    public void Begin(bool tracked)
    {
        IsUsed = true;
        IsTracked = tracked;
        TouchedCount = 0;
        Common = 0;
    }

    /// <summary>Sets all sums to zero.</summary>
    public void Clear()
    {
        Counts.AsSpan().Clear();
        Sums.AsSpan().Clear();
    }

    /// <summary>Ends the tick; the sums have been taken and are zero again.</summary>
    public void End() => IsUsed = false;

    /// <summary>Adds one spike for each of some neurons.</summary>
    public void Count(ReadOnlySpan<ushort> targets)
    {
        if (IsTracked) TouchedCount = Kernels.EventKernels.CountTracked(Counts, targets, _touched, TouchedCount);
        else Kernels.EventKernels.Count(Counts, targets);
    }

    /// <summary>Adds one spike for one neuron.</summary>
    public void Count(int target)
    {
        if (Counts![target]++ == 0 && IsTracked) _touched[TouchedCount++] = target;
    }

    /// <summary>Adds weight units for one neuron.</summary>
    public void Add(int target, long units)
    {
        // A sum that is zero in between lists its neuron again: the second time there is nothing left to take.
        if (IsTracked && Sums![target] == 0)
        {
            if (TouchedCount < _touched.Length) _touched[TouchedCount++] = target;
            else IsTracked = false;
        }
        Sums![target] += units;
    }
}
