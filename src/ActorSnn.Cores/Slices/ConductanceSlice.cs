using System.Numerics.Tensors;
using ActorSnn.Cores.Kernels;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// A slice of <see cref="LifConductance"/> neurons. Their equations have no closed form between spikes, so all are advanced in every tick. A refractory
/// neuron has V = -∞, which no conductance changes.
/// </summary>
internal sealed class ConductanceSlice : RealSlice
{
    private readonly LifConductance _model;
    private readonly double[] _v;
    private readonly double[] _e;
    private readonly double[] _i;
    private readonly RefractoryRing _refractory;
    private readonly ConductanceStep _step;

    public ConductanceSlice(Network network, Slice slice, SliceHome home, LifConductance model, RealInputs inputs, int capacity)
        : base(slice, home, inputs, capacity)
    {
        double dt = network.TimeStepMs;
        _model = model;
        _refractory = new RefractoryRing(model.RefractoryTicks(dt));
        _v = new double[Padded];
        _e = new double[Padded];
        _i = new double[Padded];
        _step = new ConductanceStep(
            dt / model.TauMs, model.RestMv + model.BiasMv, model.ExcitatoryReversalMv, model.InhibitoryReversalMv,
            PortableMath.Exp(-0.5 * dt / model.TauExcitatoryMs), PortableMath.Exp(-0.5 * dt / model.TauInhibitoryMs),
            PortableMath.Exp(-dt / model.TauExcitatoryMs), PortableMath.Exp(-dt / model.TauInhibitoryMs));
        var random = new CounterRandom(network.Seed, RandomPurpose.InitialValue, slice.Population);
        for (int n = 0; n < slice.Count; n++) _v[n] = model.InitialMv.Of(random, slice.Start + n);
        _v.AsSpan(slice.Count).Fill(double.NegativeInfinity);
    }

    protected override double[][] State => [_v, _e, _i];

    protected override RefractoryRing Refractory => _refractory;

    protected override int Update(long tick, Span<int> spikes)
    {
        ConductanceKernels.Advance(_v, _e, _i, _step);
        if (Collect(tick))
        {
            foreach (var channel in Channels)
            {
                if (channel.IsUsed) Apply(channel);
                channel.End();
            }
        }
        if (ObservedAt(tick) is { } observed)
        {
            for (int n = 0; n < observed.Length; n++) observed[n] = double.IsNegativeInfinity(_v[n]) ? _model.ResetMv : _v[n];
            Potentials!.Record(tick, observed);
        }
        int count = LinearKernels.Fire(_v, Slice.Count, _model.ThresholdMv, spikes);
        for (int n = 0; n < count; n++)
        {
            _v[spikes[n]] = double.NegativeInfinity;
            _refractory.Add(tick + _refractory.Ticks, spikes[n]);
        }
        foreach (int neuron in _refractory.EndingAt(tick)) _v[neuron] = _model.ResetMv;
        _refractory.Remove(tick);
        return count;
    }

    private void Apply(InputChannel channel)
    {
        // Conductances are positive, whatever the sign of the weight.
        var (conductance, weight) = channel.IsInhibitory ? (_i, -channel.Weight) : (_e, channel.Weight);

        LinearKernels.Add(conductance, channel, weight);
    }
}
