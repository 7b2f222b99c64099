using System.Collections.Immutable;

namespace ActorSnn.Networks;

/// <summary>From a step on, a coincidence changes a weight by so many units.</summary>
/// <param name="FromStep">First step.</param>
/// <param name="Units">Weight units, at least 1.</param>
public readonly record struct StepQuantum(long FromStep, int Units);

/// <summary>
/// How the devices that hold weights differ from the ideal; all parts are relative to the quantum, normally distributed and drawn from the seed. After the resistive processing
/// units of Gokmen and Vlasov, Frontiers in Neuroscience 10, 333 (2016), whose preset is 0.3, 0.3, 0.01, bound 0.6 and 0.3.
/// </summary>
/// <param name="StepVariation">Standard deviation of a step, drawn for every coincidence.</param>
/// <param name="DeviceVariation">Standard deviation of the mean step from device to device.</param>
/// <param name="Asymmetry">Standard deviation from device to device of how much larger steps up are than steps down.</param>
/// <param name="Bound">Largest magnitude of a weight; 0 for the format's own.</param>
/// <param name="BoundVariation">Standard deviation of that bound from device to device, as a part of it.</param>
public sealed record DeviceModel(double StepVariation = 0, double DeviceVariation = 0, double Asymmetry = 0, double Bound = 0, double BoundVariation = 0)
{
    internal void Validate(string field)
    {
        foreach (var (name, value) in ((string, double)[])
            [("stepVariation", StepVariation), ("deviceVariation", DeviceVariation), ("asymmetry", Asymmetry), ("boundVariation", BoundVariation)])
        {
            if (!(value is >= 0 and <= 10)) throw new NetworkException($"{field}.{name}", $"{value}; give a standard deviation from 0 to 10");
        }
        if (!(Bound >= 0)) throw new NetworkException($"{field}.bound", $"{Bound}; give a positive number, or 0 for the format's own bound");
    }

    internal void WriteTo(CanonicalWriter writer) => writer.Write("device").Write(StepVariation).Write(DeviceVariation).Write(Asymmetry).Write(Bound).Write(BoundVariation);
}

/// <summary>
/// Coincidence of forward and backward spikes of one step: gradient descent, one quantum at a time.
/// <para>
/// <b>Equation.</b> In every step, for each synapse from j to i with a forward spike x_j and backward spikes g+_i, g-_i of the same step:
/// <c>w -= Q (g+_i - g-_i) x_j</c>, in weight units, and never beyond ±<see cref="Bound"/>. A synapse sees nothing but these spikes and its own weight.
/// </para>
/// <para>
/// <b>Order.</b> Backward currents are summed with the weights from before the step's updates. Updates are committed when the last step of a window has been done, in the order of
/// steps, before the next window begins; windows are those of the target's steps.
/// </para>
/// <para>
/// <b>Transposed.</b> On a projection from the backward ports of a layer onto the layer before it the rule keeps a copy of the weights of the forward projection: there j is the target
/// neuron that spiked forward and i the port that speaks. The copy sees the same spikes and stays identical. Its weights are given by line: row 2 i as they are, row 2 i + 1 negated.
/// </para>
/// <para>
/// <b>Decay</b> (optional). In every step each synapse moves one quantum toward zero with probability <c>DecayRate |w|</c>, which is weight decay in the mean; above a magnitude of
/// <see cref="MostDecaying"/> the probability grows no further.
/// </para>
/// <para>
/// <b>Reference.</b> Reconstructed from the abstract of Biswas, Saraswat and Ganguly, Neuromorphic Computing and Engineering 3, 034009 (2023).
/// </para>
/// </summary>
/// <param name="Quanta">Size of a change, by step; the first from step 0, ascending.</param>
/// <param name="Bound">Largest magnitude of a weight, in units.</param>
/// <param name="Entity">Number that what is drawn for these synapses hangs on; the two copies of a layer's weights share it.</param>
/// <param name="DecayRate">Probability of a decay in a step per unit of real weight.</param>
/// <param name="Device">How devices differ; null for ideal ones.</param>
public sealed record SpikeCoincidence(ImmutableArray<StepQuantum> Quanta, int Bound, int Entity, double DecayRate = 0, DeviceModel? Device = null) : LearningRule
{
    /// <summary>Magnitude above which the probability to decay grows no further.</summary>
    public const double MostDecaying = 4;

    /// <summary>Most units of a bound or a quantum.</summary>
    public const int MostUnits = int.MaxValue / 2;

    /// <inheritdoc/>
    public override string Name => "spike-coincidence";

    /// <inheritdoc/>
    public override int BytesPerSynapse => sizeof(int);

    /// <inheritdoc/>
    public override bool LooksAheadOfDelivery => false;

    internal override double LargestMagnitude => Bound;

    /// <summary>Size of a change at a step, in units.</summary>
    public int QuantumAt(long step)
    {
        int at = Quanta.Length - 1;
        while (Quanta[at].FromStep > step) at--;
        return Quanta[at].Units;
    }

    internal override void Validate(string field, Projection projection, Population target)
    {
        if (target.Model is not SteppedNeuronModel)
            throw new NetworkException($"{field}.learning", $"{Name} onto model {target.Model.Name}; it works on composite and winner-take-all neurons");
        if (projection.Connectivity is not Connectivity.DenseConnectivity)
            throw new NetworkException($"{field}.learning", $"{Name} on {projection.Connectivity.Name} synapses; it works on dense projections");
        if (target.Model is CompositeNeuron { HasBackward: false })
            throw new NetworkException($"{field}.learning", $"{Name} onto \"{target.Name}\", to which nothing comes back; give its model lagTicks");
        if (Quanta.IsDefaultOrEmpty || Quanta[0].FromStep != 0) throw new NetworkException($"{field}.learning.quanta", "must begin with step 0");
        if (Bound is < 1 or > MostUnits) throw new NetworkException($"{field}.learning.bound", $"{Bound} units; give 1 to {MostUnits}");
        for (int i = 0; i < Quanta.Length; i++)
        {
            if (i > 0 && Quanta[i].FromStep <= Quanta[i - 1].FromStep)
                throw new NetworkException($"{field}.learning.quanta[{i}]", $"step {Quanta[i].FromStep} after step {Quanta[i - 1].FromStep}; steps ascend");
            if (Quanta[i].Units is < 1 or > MostUnits) throw new NetworkException($"{field}.learning.quanta[{i}]", $"{Quanta[i].Units} units; give 1 to {MostUnits}");
        }
        if (Entity < 0) throw new NetworkException($"{field}.learning.entity", $"{Entity}; at least 0");
        if (!(DecayRate is >= 0 and <= 1)) throw new NetworkException($"{field}.learning.decayRate", $"{DecayRate}; give 0 to 1");
        Device?.Validate($"{field}.learning.device");
    }

    internal override void WriteTo(CanonicalWriter writer)
    {
        writer.Write(Name).Write(Quanta.Length);
        foreach (var quantum in Quanta) writer.Write(quantum.FromStep).Write(quantum.Units);
        writer.Write(Bound).Write(Entity).Write(DecayRate);
        Device?.WriteTo(writer);
    }
}
