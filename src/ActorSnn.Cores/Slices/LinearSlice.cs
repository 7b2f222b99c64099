using System.Numerics;
using System.Numerics.Tensors;
using ActorSnn.Cores.Kernels;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// A slice of neurons whose equations are linear between spikes: <see cref="IntegrateAndFire"/>, <see cref="LifDelta"/> and <see cref="LifExponential"/>.
/// <para>
/// <b>State.</b> The potential is a constant plus modes that each decay with one time constant: <c>V = c + q + k_e I_e + k_i I_i</c> with
/// <c>k = tau_s / (tau_s - tau_m)</c>. A mode is kept as <see cref="DecayTable"/> says, so nothing has to be done at a tick at which nothing arrives, and to
/// compare with the threshold takes no stores. A refractory neuron has q = -∞, which nothing that arrives changes.
/// </para>
/// <para>
/// <b>Dense and lazy.</b> Dense looks at all potentials in every tick. Lazy looks only at neurons that were reached, and, with synaptic currents, at blocks of
/// neurons for which a bound does not exclude that the currents under way bring them to the threshold. The state is the same, bit for bit; so are
/// the spikes. Where the constant drive alone can bring neurons to the threshold all are looked at.
/// </para>
/// </summary>
internal sealed class LinearSlice : RealSlice
{
    /// <summary>Neurons of a block that is looked at as one.</summary>
    private const int BlockSize = 8;

    /// <summary>Ticks from one check of whether blocks can be left alone to the next.</summary>
    private const int CoolingTicks = 32;

    /// <summary>So much is a bound raised that rounding cannot make it too low.</summary>
    private const double BoundSlack = 1 + 1e-9;

    /// <summary>
    /// So much of the way the threshold is lowered: what arrives and the threshold are scaled one by one, and rounding must not make it a matter of the tick
    /// whether spikes that together just reach the threshold do.
    /// </summary>
    private const double ThresholdSlack = 1e-15;

    private readonly double _threshold;
    private readonly double _reset;
    private readonly double _constant;
    private readonly double _driftPerTick;
    private readonly DecayTable _membrane;
    private readonly DecayTable? _excitatory;
    private readonly DecayTable? _inhibitory;
    private readonly double _kExcitatory;
    private readonly double _kInhibitory;
    private readonly double _peak;
    private readonly double[] _q;
    private readonly double[] _e = [];
    private readonly double[] _i = [];
    private readonly RefractoryRing _refractory;
    private readonly UpdateStrategy _strategy;
    private readonly bool _mayDriftUp;
    private readonly ulong[] _hot = [];
    private bool _lookAtAll = true;
    private bool _isMostlyHot = true;

    public LinearSlice(Network network, Slice slice, SliceHome home, RealNeuronModel model, RealInputs inputs, int capacity, UpdateStrategy strategy)
        : base(slice, home, inputs, capacity)
    {
        double dt = network.TimeStepMs;
        _threshold = model.ThresholdMv;
        _reset = model.ResetMv;
        _refractory = new RefractoryRing(model.RefractoryTicks(dt));
        _strategy = strategy;
        _q = new double[Padded];
        double tau = double.PositiveInfinity;
        switch (model)
        {
            case IntegrateAndFire m:
                _driftPerTick = m.BiasMvPerMs * dt;
                _mayDriftUp = _driftPerTick > 0;
                break;
            case LifDelta m:
                tau = m.TauMs;
                _constant = m.RestMv + m.BiasMv;
                break;
            case LifExponential m:
                tau = m.TauMs;
                _constant = m.RestMv + m.BiasMv;
                (double tauE, double tauI) = (Apart(m.TauExcitatoryMs, tau), Apart(m.TauInhibitoryMs, tau));
                _excitatory = DecayTable.Of(tauE, dt);
                _inhibitory = DecayTable.Of(tauI, dt);
                _kExcitatory = tauE / (tauE - tau);
                _kInhibitory = tauI / (tauI - tau);
                // A current I brings the potential by at most I tau_s / tau_m, and by at most I, nearer to the threshold.
                _peak = Math.Min(1, tauE / tau);
                _e = new double[Padded];
                _i = new double[Padded];
                _hot = new ulong[(Padded / BlockSize + 63) / 64];
                break;
            default:
                throw new ArgumentException($"model {model.Name}", nameof(model));
        }
        _membrane = DecayTable.Of(tau, dt);
        _mayDriftUp |= _constant >= _threshold;
        var random = new CounterRandom(network.Seed, RandomPurpose.InitialValue, slice.Population);
        for (int n = 0; n < slice.Count; n++) _q[n] = model.InitialMv.Of(random, slice.Start + n) - _constant;
        _q.AsSpan(slice.Count).Fill(double.NegativeInfinity);
    }

    protected override double[][] State => _excitatory is null ? [_q] : [_q, _e, _i];

    protected override RefractoryRing Refractory => _refractory;

    public override void Restore(NetworkState state)
    {
        base.Restore(state);
        _lookAtAll = true;
    }

    protected override int Update(long tick, Span<int> spikes)
    {
        int place = _membrane.PlaceOf(tick);
        if (place == 0) StartPeriod(_q, _membrane);
        double growth = _membrane.Growth[place];
        // The potential a neuron starts from when its mode is zero: for neurons without leak it moves with time.
        double constant = _constant + _driftPerTick * place;
        double distance = _threshold - constant;
        double limit = (distance - Math.Abs(distance) * ThresholdSlack) * growth;
        var now = new Moment(constant, growth, _membrane.Decay[place], limit);
        if (_excitatory is not null) now = WithCurrents(now, tick);

        bool dense = false;
        bool arrived = Collect(tick);
        if (arrived)
        {
            foreach (var channel in Channels)
            {
                if (!channel.IsUsed) continue;
                dense |= !channel.IsTracked;
                Apply(channel, now);
            }
        }
        if (ObservedAt(tick) is { } observed) Observe(tick, observed, now);

        int count = FindSpikes(tick, now, arrived, dense, spikes);
        if (arrived)
        {
            foreach (var channel in Channels) channel.End();
        }
        for (int n = 0; n < count; n++)
        {
            _q[spikes[n]] = double.NegativeInfinity;
            _refractory.Add(tick + _refractory.Ticks, spikes[n]);
        }
        foreach (int neuron in _refractory.EndingAt(tick)) Wake(neuron, now);
        _refractory.Remove(tick);
        return count;
    }

    /// <summary>Synaptic time constants that equal the membrane's are moved a little: the modes would not be independent.</summary>
    private static double Apart(double tauSynapse, double tauMembrane)
    {
        const double Least = 1e-6;
        return Math.Abs(tauSynapse / tauMembrane - 1) >= Least ? tauSynapse : tauMembrane * (1 + Least);
    }

    private void StartPeriod(double[] mode, DecayTable table)
    {
        if (table.Rescale != 1) TensorPrimitives.Multiply<double>(mode, table.Rescale, mode);
        else if (_driftPerTick != 0) TensorPrimitives.Add<double>(mode, _driftPerTick * table.Period, mode);
    }

    private Moment WithCurrents(Moment now, long tick)
    {
        int e = _excitatory!.PlaceOf(tick);
        int i = _inhibitory!.PlaceOf(tick);
        if (e == 0) StartPeriod(_e, _excitatory);
        if (i == 0) StartPeriod(_i, _inhibitory);
        return now with
        {
            GrowthE = _excitatory.Growth[e],
            GrowthI = _inhibitory.Growth[i],
            DecayE = _excitatory.Decay[e],
            FactorE = _kExcitatory * _excitatory.Decay[e] * now.Growth,
            FactorI = _kInhibitory * _inhibitory.Decay[i] * now.Growth,
        };
    }

    private void Apply(InputChannel channel, in Moment now)
    {
        if (_excitatory is null)
        {
            LinearKernels.Add(_q, channel, channel.Weight * now.Growth);
            return;
        }
        var (current, growth, k) = channel.IsInhibitory ? (_i, now.GrowthI, _kInhibitory) : (_e, now.GrowthE, _kExcitatory);
        double scaleCurrent = channel.Weight * growth;
        double scaleMembrane = -(k * channel.Weight * now.Growth);
        LinearKernels.Add(_q, current, channel, scaleMembrane, scaleCurrent);
    }

    private int FindSpikes(long tick, in Moment now, bool arrived, bool dense, Span<int> spikes)
    {
        bool lazy = _strategy != UpdateStrategy.Dense && !_mayDriftUp;
        if (_excitatory is null)
        {
            if (!lazy || dense || _lookAtAll)
            {
                _lookAtAll = false;
                return LinearKernels.Fire(_q, Slice.Count, now.Limit, spikes);
            }
            return arrived ? FindAmongTouched(now.Limit, spikes) : 0;
        }
        if (!lazy) return LinearKernels.Fire(_q, _e, _i, Slice.Count, now.FactorE, now.FactorI, now.Limit, spikes);
        if (dense || _lookAtAll)
        {
            _hot.AsSpan().Fill(ulong.MaxValue);
            _lookAtAll = false;
        }
        else if (arrived)
        {
            foreach (var channel in Channels)
            {
                // Inhibition lowers the bound.
                if (!channel.IsUsed || channel.IsInhibitory) continue;
                foreach (int n in channel.Touched)
                {
                    if (MayReachThreshold(n, now)) Heat(n);
                }
            }
        }
        if (tick % CoolingTicks == 0) Cool(now);
        if (_isMostlyHot && _strategy == UpdateStrategy.Auto)
            return LinearKernels.Fire(_q, _e, _i, Slice.Count, now.FactorE, now.FactorI, now.Limit, spikes);
        return LinearKernels.FireInBlocks(_hot, _q, _e, _i, Slice.Count, now.FactorE, now.FactorI, now.Limit, spikes);
    }

    private int FindAmongTouched(double limit, Span<int> spikes)
    {
        int count = 0;
        foreach (var channel in Channels)
        {
            if (!channel.IsUsed) continue;
            foreach (int n in channel.Touched)
            {
                if (!(_q[n] >= limit)) continue;
                spikes[count++] = n;
                _q[n] = double.NegativeInfinity;
            }
        }
        if (count > 1) spikes[..count].Sort();
        return count;
    }

    /// <summary>Whether a bound allows the neuron to reach the threshold, at this tick or later, if nothing more arrives.</summary>
    private bool MayReachThreshold(int neuron, in Moment now)
    {
        double potential = (_q[neuron] + _e[neuron] * now.FactorE + _i[neuron] * now.FactorI) * now.Decay;
        double most = (Math.Max(0, potential) + _e[neuron] * now.DecayE * _peak) * BoundSlack;
        return most >= _threshold - now.Constant;
    }

    private void Heat(int neuron) => _hot[neuron / BlockSize >> 6] |= 1UL << (neuron / BlockSize & 63);

    private void Cool(in Moment now)
    {
        for (int w = 0; w < _hot.Length; w++)
        {
            for (ulong word = _hot[w]; word != 0; word &= word - 1)
            {
                int block = (w << 6) + BitOperations.TrailingZeroCount(word);
                bool may = false;
                for (int n = block * BlockSize; n < Math.Min(Slice.Count, (block + 1) * BlockSize) && !may; n++) may = MayReachThreshold(n, now);
                if (!may) _hot[w] &= ~(word & (~word + 1));
            }
        }
        _isMostlyHot = 2 * BlockSize * Bits.Count(_hot) > Slice.Count;
    }

    /// <summary>Puts a neuron at its reset potential.</summary>
    private void Wake(int neuron, in Moment now)
    {
        double q = (_reset - now.Constant) * now.Growth;
        if (_excitatory is not null)
        {
            q -= _e[neuron] * now.FactorE + _i[neuron] * now.FactorI;
            _q[neuron] = q;
            if (_strategy != UpdateStrategy.Dense && !_mayDriftUp && MayReachThreshold(neuron, now)) Heat(neuron);
            return;
        }
        _q[neuron] = q;
    }

    private void Observe(long tick, double[] observed, in Moment now)
    {
        for (int n = 0; n < observed.Length; n++)
        {
            double mode = _q[n];
            if (_excitatory is not null) mode += _e[n] * now.FactorE + _i[n] * now.FactorI;
            observed[n] = double.IsNegativeInfinity(mode) ? _reset : now.Constant + mode * now.Decay;
        }
        Potentials!.Record(tick, observed);
    }

    /// <summary>What the state means at a tick.</summary>
    /// <param name="Constant">The potential's constant part, in mV.</param>
    /// <param name="Growth">exp(t / tau_m) within the period.</param>
    /// <param name="Decay">Its inverse.</param>
    /// <param name="Limit">The threshold, less the constant, times <paramref name="Growth"/>.</param>
    /// <param name="GrowthE">exp(t / tau_e) within the period.</param>
    /// <param name="GrowthI">exp(t / tau_i) within the period.</param>
    /// <param name="DecayE">exp(-t / tau_e) within the period.</param>
    /// <param name="FactorE">What a unit of the excitatory current adds to the membrane's mode where it is compared.</param>
    /// <param name="FactorI">The same for the inhibitory current.</param>
    private readonly record struct Moment(
        double Constant, double Growth, double Decay, double Limit,
        double GrowthE = 0, double GrowthI = 0, double DecayE = 0, double FactorE = 0, double FactorI = 0);
}
