using System.Numerics.Tensors;
using ActorSnn.Cores.Kernels;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// A slice of <see cref="CompositeNeuron"/>s. At a tick that has both, the backward step comes first: what it teaches is seen by the forward step.
/// </summary>
internal sealed class CompositeSlice : SteppedSlice
{
    private readonly CompositeNeuron _model;
    private readonly UnitAfferent[] _backward;
    private readonly CounterRandom _spikes;
    private readonly CounterRandom _plus;
    private readonly CounterRandom _minus;
    private readonly CounterRandom _dropout;
    private readonly StepClock _backwardClock;
    private readonly uint[] _words = new uint[CounterRandom.GroupSize];
    private readonly int[] _current; // that came back, in units, padded
    private readonly int[] _opposite; // and what came back over the other line, where lines are apart
    private readonly double[][] _derivative; // times the gain, of the steps in a window
    private readonly double[] _draws;
    private readonly double[] _clipped;
    private readonly ulong[] _plusBits;
    private readonly ulong[] _minusBits;
    private readonly ulong[] _before;
    private readonly ulong[] _left; // neurons that are not left out of the sample
    private long _leftOf = -1;
    private readonly int[] _active;

    public CompositeSlice(Network network, Slice slice, SliceHome home, CompositeNeuron model, UnitAfferent[] forward, UnitAfferent[] backward, int portsPopulation)
        : base(slice, home, model, forward)
    {
        _model = model;
        _backward = backward;
        _backwardClock = model.BackwardClock;
        _spikes = new CounterRandom(network.Seed, RandomPurpose.NeuronSpike, slice.Population);
        _plus = new CounterRandom(network.Seed, RandomPurpose.BackwardSpike, portsPopulation);
        _minus = new CounterRandom(network.Seed, RandomPurpose.BackwardSpikeMinus, portsPopulation);
        _dropout = new CounterRandom(network.Seed, RandomPurpose.Dropout, slice.Population);
        int words = Bits.Words(slice.Count);
        _current = new int[Sums.Length];
        _opposite = new int[Sums.Length];
        _derivative = [.. Enumerable.Range(0, model.HasBackward ? model.WindowSteps : 0).Select(_ => new double[slice.Count])];
        _draws = new double[slice.Count];
        _clipped = new double[slice.Count];
        _plusBits = new ulong[words];
        _minusBits = new ulong[words];
        _before = new ulong[words];
        _left = new ulong[words];
        _active = new int[slice.Count];
    }

    public override StepClock BackwardClock => _backwardClock;

    protected override IEnumerable<UnitAfferent> Afferents => [.. base.Afferents, .. _backward];

    protected override IReadOnlyList<double[]> Variables => _model.HasBackward ? [Sum, _draws, _clipped, .. _derivative] : [Sum];

    public override long NextAt(long tick) => _model.HasBackward ? Math.Min(Clock.NextAt(tick), _backwardClock.NextAt(tick)) : Clock.NextAt(tick);

    public override void Restore(NetworkState state)
    {
        base.Restore(state);
        _leftOf = -1;
    }

    protected override int Update(long tick, Span<ulong> spikes)
    {
        if (_model.HasBackward && _backwardClock.StepAt(tick) is >= 0 and var back) StepBackward(back, tick);
        return Clock.StepAt(tick) is >= 0 and var step ? StepForward(step, tick, spikes) : 0;
    }

    protected override void Commit(long step, bool isLast)
    {
        base.Commit(step, isLast);
        if (_backward.Length == 0) return;
        var own = ((BitHistory)History).At(Clock.TickOf(step));
        int count = 0;
        if (!own.IsEmpty)
        {
            Bits.Extract(own, Slice.Start, Slice.Count, _before);
            count = Bits.Indices(_before, _active);
        }
        long first = FirstSeen(_backwardClock, step);
        long last = _backwardClock.TickOf(step);
        foreach (var afferent in _backward)
        {
            if (afferent.IsPlastic) afferent.LearnTransposed(step, first - afferent.Delay, last - afferent.Delay, _active.AsSpan(0, count));
        }
    }

    private int StepForward(long step, long tick, Span<ulong> spikes)
    {
        TakeForward(step, tick);
        var p = Potential.AsSpan();
        Span<double> derivative = _model.HasBackward ? _derivative[(int)(step % _model.WindowSteps)] : [];
        if (_model.Activation == SpikeActivation.Logistic)
        {
            StochasticKernels.Logistic(p);
            if (_model.HasBackward)
            {
                TensorPrimitives.Subtract(1, p, derivative);
                TensorPrimitives.Multiply(p, derivative, derivative);
                TensorPrimitives.Multiply(derivative, _model.Gain, derivative);
            }
        }
        else
        {
            for (int i = 0; i < derivative.Length; i++) derivative[i] = p[i] is > 0 and < 1 ? _model.Gain : 0;
            for (int i = 0; i < p.Length; i++) p[i] = Math.Clamp(p[i], 0, 1);
        }
        DrawForward(step, p, spikes);
        if (_model.HasBackward && _model.Derivative == BackwardDerivative.Spike) Gate(step, spikes, derivative);
        if (_model.Dropout > 0) LeaveOut(step / _model.SampleSteps, spikes);
        return Bits.Count(spikes);
    }

    private void DrawForward(long step, ReadOnlySpan<double> probabilities, Span<ulong> spikes)
    {
        spikes.Clear();
        for (int group = Slice.Start >> 6; group << 6 < Slice.End; group++)
        {
            _spikes.Fill(step, group, _words);
            var (first, count, place) = InGroup(group);
            Put(spikes, first, StochasticKernels.Below(_words.AsSpan(place), probabilities.Slice(first, count)));
        }
    }

    /// <summary>Opens the derivative's gate where a neuron spikes now and did not in the sample's step before.</summary>
    private void Gate(long step, ReadOnlySpan<ulong> spikes, Span<double> derivative)
    {
        _before.AsSpan().Clear();
        if (step % _model.SampleSteps > 0)
        {
            var before = ((BitHistory)History).At(Clock.TickOf(step - 1));
            if (!before.IsEmpty) Bits.Extract(before, Slice.Start, Slice.Count, _before);
        }
        for (int i = 0; i < derivative.Length; i++) derivative[i] = ((spikes[i >> 6] & ~_before[i >> 6]) >> (i & 63) & 1) != 0 ? _model.Gain : 0;
    }

    private void StepBackward(long step, long tick)
    {
        bool apart = _model.Split == BackwardSplit.ByWeight;
        _current.AsSpan().Clear();
        if (apart) _opposite.AsSpan().Clear();
        int arrived = 0;
        foreach (var afferent in _backward)
        {
            for (long seen = FirstSeen(_backwardClock, step); seen <= tick; seen++)
                arrived += apart ? afferent.DeliverApart(seen - afferent.Delay, _current, _opposite) : afferent.Deliver(seen - afferent.Delay, _current);
        }
        if (arrived > 0)
        {
            NoteEvents(arrived);
            _plusBits.AsSpan().Clear();
            _minusBits.AsSpan().Clear();
            var derivative = _derivative[(int)(step % _model.WindowSteps)];
            if (apart)
            {
                DrawBackward(_plus, step, _current, derivative, _plusBits);
                DrawBackward(_minus, step, _opposite, derivative, _minusBits);
            }
            else
            {
                DrawBackward(_plus, step, _current, derivative, _plusBits);
                for (int i = 0; i < Slice.Count; i++)
                {
                    if (_current[i] >= 0) continue;
                    ulong bit = _plusBits[i >> 6] & 1UL << (i & 63);
                    _plusBits[i >> 6] ^= bit;
                    _minusBits[i >> 6] |= bit;
                }
            }
            Ports?.Emit(tick, Interleave(_plusBits, _minusBits));
        }
        else
        {
            Ports?.Emit(tick, []);
        }
        if (Ports is not null) CommitAfter(step);
    }

    private void DrawBackward(CounterRandom random, long step, ReadOnlySpan<int> current, ReadOnlySpan<double> derivative, Span<ulong> spikes)
    {
        double unit = _model.BackwardUnit / _model.UpstreamGain;
        if (_model.Dropout > 0) Draw(step / _model.SampleSteps);
        for (int group = Slice.Start >> 6; group << 6 < Slice.End; group++)
        {
            random.Fill(step, group, _words);
            var (first, count, place) = InGroup(group);
            ulong bits = StochasticKernels.Backward(_words.AsSpan(place), current.Slice(first, count), derivative.Slice(first, count), unit, out ulong clipped, out ulong drawn);
            if (_model.Dropout > 0)
            {
                ulong left = Bits.Read(_left, first);
                (bits, clipped, drawn) = (bits & left, clipped & left, drawn & left);
            }
            Put(spikes, first, bits);
            for (; drawn != 0; drawn &= drawn - 1) _draws[first + System.Numerics.BitOperations.TrailingZeroCount(drawn)]++;
            for (; clipped != 0; clipped &= clipped - 1) _clipped[first + System.Numerics.BitOperations.TrailingZeroCount(clipped)]++;
        }
    }

    /// <summary>Silences the neurons that are left out of a sample.</summary>
    private void LeaveOut(long sample, Span<ulong> spikes)
    {
        Draw(sample);
        for (int w = 0; w < spikes.Length; w++) spikes[w] &= _left[w];
    }

    /// <summary>Draws which neurons take part in a sample.</summary>
    private void Draw(long sample)
    {
        if (_leftOf == sample) return;
        _leftOf = sample;
        _left.AsSpan().Clear();
        Span<double> rates = stackalloc double[CounterRandom.GroupSize];
        rates.Fill(_model.Dropout);
        for (int group = Slice.Start >> 6; group << 6 < Slice.End; group++)
        {
            _dropout.Fill(sample, group, _words);
            var (first, count, place) = InGroup(group);
            ulong leftOut = StochasticKernels.Below(_words.AsSpan(place), rates[..count]);
            Put(_left, first, ~leftOut & (count == 64 ? ulong.MaxValue : (1UL << count) - 1));
        }
    }

    /// <summary>The slice's part of a group of 64 neurons of the population.</summary>
    private (int First, int Count, int Place) InGroup(int group)
    {
        int from = Math.Max(Slice.Start, group << 6);
        int to = Math.Min(Slice.End, group + 1 << 6);
        return (from - Slice.Start, to - from, from - (group << 6));
    }

    private static void Put(Span<ulong> target, int bit, ulong bits)
    {
        target[bit >> 6] |= bits << (bit & 63);
        if ((bit & 63) != 0 && bits >> (64 - (bit & 63)) is var high and not 0) target[(bit >> 6) + 1] |= high;
    }
}
