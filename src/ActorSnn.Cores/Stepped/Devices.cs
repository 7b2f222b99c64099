using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>The devices that hold the weights of some synapses, as <see cref="DeviceModel"/> says. What a device is like is drawn when it is used: nothing is kept.</summary>
internal sealed class Devices(DeviceModel model, CounterRandom random, int bound, double unit, SynapseNumbers numbers)
{
    private const int DrawsPerDevice = 4;

    public SynapseNumbers Numbers { get; } = numbers;

    /// <summary>A weight after one coincidence.</summary>
    /// <param name="weight">The weight, in units.</param>
    /// <param name="quantum">Ideal size of the change, in units.</param>
    /// <param name="direction">1 up, -1 down.</param>
    /// <param name="number">Number of the synapse.</param>
    /// <param name="step">The step.</param>
    public int Step(int weight, int quantum, int direction, long number, long step)
    {
        long device = number * DrawsPerDevice;
        double size = quantum;
        if (model.DeviceVariation > 0) size *= 1 + model.DeviceVariation * random.Normal(device);
        if (model.Asymmetry > 0) size *= 1 + direction * model.Asymmetry * random.Normal(device + 1);
        if (model.StepVariation > 0) size *= 1 + model.StepVariation * random.Normal(device + 3, step + 1);
        double most = bound;
        if (model.Bound > 0)
        {
            most = model.Bound / unit;
            if (model.BoundVariation > 0) most *= 1 + model.BoundVariation * random.Normal(device + 2);
            most = Math.Clamp(Math.Round(most), 0, bound);
        }
        return (int)Math.Clamp(weight + Math.Round(direction * size), -most, most);
    }
}
