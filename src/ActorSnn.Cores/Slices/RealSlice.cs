using System.Numerics;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// A slice of real-valued neurons. Within a tick: what arrives is added up in channels, the channels act on the state one after the other, the
/// potentials are compared with the threshold, and neurons whose refractory period ends get their reset potential.
/// </summary>
internal abstract class RealSlice : ListSlice
{
    /// <summary>Neurons are listed one by one while fewer than one in this many is reached.</summary>
    private const int DenseFraction = 6;

    private readonly PoissonNoise[] _noises;
    private readonly StdpAfferent[] _plastic;
    private readonly DueRing _due;
    private double[]? _observed;
    private long _events;

    /// <param name="slice">The neurons.</param>
    /// <param name="home">Where they live.</param>
    /// <param name="inputs">What reaches them.</param>
    /// <param name="capacity">Ticks a spike may lie ahead, a power of two.</param>
    protected RealSlice(Slice slice, SliceHome home, RealInputs inputs, int capacity)
        : base(slice, home)
    {
        Afferents = inputs.Afferents;
        _noises = [.. inputs.Noises.Where(n => !n.IsSilent)];
        _plastic = [.. Afferents.OfType<StdpAfferent>()];
        Channels = inputs.Channels;
        _due = new DueRing(Afferents.Length, capacity);
        Padded = (slice.Count + 63) / 64 * 64;
    }

    public override bool IsAlwaysActive => true;

    public override long SynapseBytes => Afferents.Sum(a => a.Bytes);

    public override long SynapticEvents => _events;

    /// <summary>What ends on the slice; an afferent's place is its bit.</summary>
    public RealAfferent[] Afferents { get; }

    /// <summary>Neurons, rounded up to a multiple of 64.</summary>
    protected int Padded { get; }

    /// <summary>The channels in the order in which they act.</summary>
    protected InputChannel[] Channels { get; }

    public override void SetDue(long tick, int afferent) => _due.Set(tick, afferent);

    /// <summary>The state, one array a variable, in the order of <see cref="StateVariables.Of"/> but for "refractory", which has no array of its own.</summary>
    protected abstract double[][] State { get; }

    /// <summary>Who is refractory; null for models without.</summary>
    protected abstract RefractoryRing? Refractory { get; }

    public override void AddTo(NetworkState state)
    {
        foreach (var afferent in _plastic) afferent.AddTo(state);
        foreach (var (own, share) in VariablesOf(state)) own.AsSpan(0, Slice.Count).CopyTo(share.Span);
        if (Refractory is not null) Refractory.AddTo(state.Tick, RemainingOf(state).Span);
    }

    public override void Restore(NetworkState state)
    {
        base.Restore(state);
        _due.Clear();
        foreach (var afferent in _plastic) afferent.Restore(state);
        foreach (var (own, share) in VariablesOf(state)) share.Span.CopyTo(own);
        if (Refractory is not null) Refractory.Restore(state.Tick, RemainingOf(state).Span);
    }

    /// <summary>Adds up what arrives at a tick. A channel that is used has to be ended.</summary>
    /// <returns>Whether anything arrived.</returns>
    protected bool Collect(long tick)
    {
        var due = _due.At(tick);
        bool any = _noises.Length > 0;
        for (int w = 0; w < due.Length; w++)
        {
            for (ulong word = due[w]; word != 0; word &= word - 1)
            {
                var afferent = Afferents[(w << 6) + BitOperations.TrailingZeroCount(word)];
                bool tracked = afferent is not CommonAfferent && afferent.Expect(tick) * DenseFraction < Slice.Count;
                foreach (var channel in afferent.Channels) channel.Begin(tracked);
                _events += afferent.Deliver(tick);
                any = true;
            }
            due[w] = 0;
        }
        foreach (var noise in _noises)
        {
            noise.Channel.Begin(tracked: false);
            noise.Deliver(tick);
        }
        return any;
    }

    /// <summary>Where potentials are to be written at a tick, one a neuron; null when nobody looks.</summary>
    protected double[]? ObservedAt(long tick) => Potentials is { } potentials && potentials.Includes(tick) ? _observed ??= new double[Slice.Count] : null;

    public override IEnumerable<IWeightMemory> WeightMemories => Afferents.OfType<IWeightMemory>();

    /// <summary>Lets synapses learn from what arrived and who spiked at a tick.</summary>
    protected override void Emitted(long tick, ReadOnlySpan<int> spikes)
    {
        foreach (var afferent in _plastic) afferent.Learn(tick, spikes);
    }

    /// <summary>Each array of the state with the slice's share of the network's.</summary>
    private IEnumerable<(double[] Own, Memory<double> Share)> VariablesOf(NetworkState state)
    {
        var names = StateVariables.Of(state.Network.Populations[Slice.Population].Model);
        var variables = state.Variables[Slice.Population]!.Where((_, i) => names[i] != StateVariables.Refractory);
        return State.Zip(variables, (own, variable) => (own, variable.AsMemory(Slice.Start, Slice.Count)));
    }

    private Memory<double> RemainingOf(NetworkState state)
    {
        int index = StateVariables.Of(state.Network.Populations[Slice.Population].Model).Index().First(v => v.Item == StateVariables.Refractory).Index;
        return state.Variables[Slice.Population]![index].AsMemory(Slice.Start, Slice.Count);
    }
}
