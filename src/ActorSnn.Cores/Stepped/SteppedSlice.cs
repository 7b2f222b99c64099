using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// A slice of neurons that are driven step by step. It is run at the ticks of its clocks, looks up by itself what arrived since the step before, and decides what its backward ports say.
/// </summary>
internal abstract class SteppedSlice : BitSlice, ISourceSlice
{
    private readonly SteppedNeuronModel _model;
    private readonly UnitAfferent[] _forward;
    private readonly int[] _columns;
    private readonly sbyte[] _signs;
    private readonly ulong[] _lines;
    private long _events;

    protected SteppedSlice(Slice slice, SliceHome home, SteppedNeuronModel model, UnitAfferent[] forward)
        : base(slice, home)
    {
        _model = model;
        _forward = forward;
        Clock = model.ForwardClock;
        Sums = new int[(slice.Count + 15) / 16 * 16];
        Sum = new double[slice.Count];
        Potential = new double[slice.Count];
        _columns = new int[slice.Count];
        _signs = new sbyte[slice.Count];
        _lines = new ulong[Bits.Words(2 * slice.Count)];
    }

    /// <summary>The backward ports of these neurons; null where there are none.</summary>
    public PortSlice? Ports { protected get; set; }

    /// <summary>When backward spikes are emitted.</summary>
    public abstract StepClock BackwardClock { get; }

    public override long SynapseBytes => Afferents.Sum(a => a.Bytes);

    public override long SynapticEvents => _events;

    public override IEnumerable<IWeightMemory> WeightMemories => Afferents;

    protected virtual IEnumerable<UnitAfferent> Afferents => _forward;

    protected StepClock Clock { get; }

    /// <summary>Current of the step, in units, padded.</summary>
    protected int[] Sums { get; }

    /// <summary>Sum of the currents since the sample's onset, in units: whole numbers.</summary>
    protected double[] Sum { get; }

    /// <summary>Potential of the step.</summary>
    protected double[] Potential { get; }

    /// <summary>State variables of the slice, in the order of <see cref="StateVariables.Of"/>.</summary>
    protected abstract IReadOnlyList<double[]> Variables { get; }

    public virtual long NextAt(long tick) => Clock.NextAt(tick);

    public override void AddTo(NetworkState state)
    {
        foreach (var (variable, values) in Variables.Index()) values.CopyTo(state.Variables[Slice.Population]![variable], Slice.Start);
        foreach (var afferent in Afferents.Where(a => a.IsPlastic)) afferent.ReadWeights(state.Units[afferent.Projection.Index]!);
    }

    public override void Restore(NetworkState state)
    {
        base.Restore(state);
        foreach (var (variable, values) in Variables.Index()) state.Variables[Slice.Population]![variable].AsSpan(Slice.Start, Slice.Count).CopyTo(values);
        foreach (var afferent in Afferents.Where(a => a.IsPlastic)) afferent.WriteWeights(state.Units[afferent.Projection.Index]!);
    }

    /// <summary>Takes what arrived for a forward step into sums and potentials.</summary>
    protected void TakeForward(long step, long tick)
    {
        int t = (int)(step % _model.SampleSteps) + 1;
        Sums.AsSpan().Clear();
        foreach (var afferent in _forward)
        {
            for (long seen = FirstSeen(Clock, step); seen <= tick; seen++) _events += (long)Slice.Count * afferent.Deliver(seen - afferent.Delay, Sums);
        }
        if (t == 1) Sum.AsSpan().Clear();
        TensorPrimitives.ConvertTruncating<int, double>(Sums.AsSpan(0, Slice.Count), Potential); // exact
        TensorPrimitives.Add<double>(Sum, Potential, Sum);
        if (_model.Membrane == MembraneMode.Integrate) TensorPrimitives.Multiply(Sum, _model.ForwardUnit / t, Potential);
        else TensorPrimitives.Multiply(Potential, _model.ForwardUnit, Potential);
        if (Potentials is { } potentials && potentials.Includes(tick)) potentials.Record(tick, Potential);
    }

    /// <summary>Counts spikes that arrived over backward synapses.</summary>
    protected void NoteEvents(int spikes) => _events += (long)Slice.Count * spikes;

    /// <summary>First tick whose arrivals belong to a step: the one after the step before.</summary>
    protected static long FirstSeen(StepClock clock, long step) => step > 0 ? clock.TickOf(step - 1) + 1 : 0;

    /// <summary>Applies the updates of a window once the backward spikes of its last step are known.</summary>
    /// <param name="step">The step whose backward spikes have just been emitted.</param>
    protected void CommitAfter(long step)
    {
        if ((step + 1) % _model.WindowSteps != 0) return;
        for (long done = step - _model.WindowSteps + 1; done <= step; done++) Commit(done, isLast: done == step);
    }

    /// <summary>Applies the updates of one step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="isLast">Whether it is the step at hand, whose backward spikes are not in the history yet.</param>
    protected virtual void Commit(long step, bool isLast)
    {
        int count = ChangesOf(step, isLast);
        long first = FirstSeen(Clock, step);
        long last = Clock.TickOf(step);
        foreach (var afferent in _forward)
        {
            if (afferent.IsPlastic) afferent.Learn(step, first - afferent.Delay, last - afferent.Delay, _columns.AsSpan(0, count), _signs.AsSpan(0, count));
        }
    }

    /// <summary>Finds the neurons whose backward lines spiked in a step, one of the two.</summary>
    private int ChangesOf(long step, bool isLast)
    {
        long tick = BackwardClock.TickOf(step);
        ReadOnlySpan<ulong> lines;
        if (isLast)
        {
            lines = Ports!.BitsAt(tick);
        }
        else
        {
            _lines.AsSpan().Clear();
            var bits = ((BitHistory)Ports!.History).At(tick);
            if (!bits.IsEmpty) Bits.Extract(bits, 2 * Slice.Start, 2 * Slice.Count, _lines);
            lines = _lines;
        }
        const ulong Plus = 0x5555555555555555;
        int count = 0;
        for (int w = 0; w < lines.Length; w++)
        {
            ulong plus = lines[w] & Plus;
            ulong minus = lines[w] >> 1 & Plus;
            for (ulong one = plus ^ minus; one != 0; one &= one - 1)
            {
                int bit = System.Numerics.BitOperations.TrailingZeroCount(one);
                _columns[count] = (w << 5) + (bit >> 1);
                _signs[count++] = (plus >> bit & 1) != 0 ? (sbyte)1 : (sbyte)-1;
            }
        }
        return count;
    }

    /// <summary>Bits of the two lines of each neuron, side by side.</summary>
    /// <param name="plus">Bits of g+.</param>
    /// <param name="minus">Bits of g-.</param>
    protected ReadOnlySpan<ulong> Interleave(ReadOnlySpan<ulong> plus, ReadOnlySpan<ulong> minus)
    {
        var halves = MemoryMarshal.Cast<ulong, uint>(plus);
        var others = MemoryMarshal.Cast<ulong, uint>(minus);
        for (int w = 0; w < _lines.Length; w++) _lines[w] = Kernels.StochasticKernels.Spread(halves[w]) | Kernels.StochasticKernels.Spread(others[w]) << 1;
        return _lines;
    }
}

/// <summary>The backward ports of a slice of stepped neurons: two lines a neuron. The neurons say what they carry.</summary>
internal sealed class PortSlice(Slice slice, SliceHome home) : BitSlice(slice, home), ISourceSlice
{
    private readonly ulong[] _next = new ulong[Bits.Words(slice.Count)];
    private bool _isSet;
    private SteppedSlice? _owner;

    /// <summary>Joins the ports with the neurons they belong to, on the same core.</summary>
    public void Join(SteppedSlice owner)
    {
        _owner = owner;
        owner.Ports = this;
    }

    public long NextAt(long tick) => _owner!.BackwardClock.NextAt(tick);

    /// <summary>Emits spikes at a tick; what is wrong with the ports acts on them.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="lines">One bit a line; empty for none.</param>
    /// <returns>Whether there are any.</returns>
    public bool Emit(long tick, ReadOnlySpan<ulong> lines)
    {
        if (lines.IsEmpty) _next.AsSpan().Clear();
        else lines.CopyTo(_next);
        _isSet = true;
        return Run(tick) > 0;
    }

    public override int Run(long tick) => HasRun(tick) ? CountAt(tick) : base.Run(tick);

    protected override int Update(long tick, Span<ulong> spikes)
    {
        if (!_isSet) return 0;
        _isSet = false;
        _next.CopyTo(spikes);
        return Bits.Count(spikes);
    }
}
