using System.Numerics.Tensors;
using ActorSnn.Cores.Kernels;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>A slice of <see cref="Izhikevich"/> neurons. Their equations have no closed form, so all are advanced in every tick.</summary>
internal sealed class IzhikevichSlice : RealSlice
{
    private readonly Izhikevich _model;
    private readonly double _dt;
    private readonly double[] _v;
    private readonly double[] _u;
    private readonly double[] _drive;

    public IzhikevichSlice(Network network, Slice slice, SliceHome home, Izhikevich model, RealInputs inputs, int capacity)
        : base(slice, home, inputs, capacity)
    {
        _model = model;
        _dt = network.TimeStepMs;
        _v = new double[Padded];
        _u = new double[Padded];
        _drive = new double[Padded];
        var random = new CounterRandom(network.Seed, RandomPurpose.InitialValue, slice.Population);
        // Recovery draws its own numbers: those of neurons that do not exist.
        var recovery = new CounterRandom(network.Seed, RandomPurpose.InitialValue, ~slice.Population);
        for (int n = 0; n < slice.Count; n++)
        {
            _v[n] = model.InitialMv.Of(random, slice.Start + n);
            _u[n] = model.InitialRecovery?.Of(recovery, slice.Start + n) ?? model.B * _v[n];
        }
    }

    protected override double[][] State => [_v, _u];

    protected override RefractoryRing? Refractory => null;

    protected override int Update(long tick, Span<int> spikes)
    {
        _drive.AsSpan().Fill(_model.Bias);
        if (Collect(tick))
        {
            foreach (var channel in Channels)
            {
                if (!channel.IsUsed) continue;
                LinearKernels.Add(_drive, channel, channel.Weight);
                channel.End();
            }
        }
        IzhikevichKernels.Advance(_v, _u, _drive, _model.A * _dt, _model.B, 0.5 * _dt);
        if (ObservedAt(tick) is { } observed)
        {
            _v.AsSpan(0, observed.Length).CopyTo(observed);
            Potentials!.Record(tick, observed);
        }
        int count = LinearKernels.Fire(_v, Slice.Count, _model.ThresholdMv, spikes);
        foreach (int n in spikes[..count])
        {
            _v[n] = _model.ResetMv;
            _u[n] += _model.D;
        }
        return count;
    }
}
