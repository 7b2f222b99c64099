namespace ActorSnn.Networks;

/// <summary>How much an input that spiked some steps before the target changes its weight.</summary>
public enum TimingWindow
{
    /// <summary>1 for every input that came in time.</summary>
    Step,

    /// <summary>1 for an input that came in time, a negative part for one that came too late; none for one that did not come.</summary>
    Stdp,

    /// <summary><c>exp(-dt / WindowSteps)</c>.</summary>
    Exp,

    /// <summary><c>dt / Steps</c>, with Steps those of a sample.</summary>
    Linear,
}

/// <summary>Whose error a weight learns from.</summary>
public enum ErrorShare
{
    /// <summary>That of its target neuron.</summary>
    Own,

    /// <summary>The mean over the layer, the same for all.</summary>
    Layer,
}

/// <summary>
/// Gradient descent on the time of a neuron's spike, from what is local to the synapse: the times of both spikes, and the error of the target.
/// <para>
/// <b>Equation.</b> Once a sample, with d the error of the target neuron, for each synapse: <c>w -= Rate d G(dt)</c>, then cut to [<see cref="Low"/>, <see cref="High"/>], all in 32-bit floats. dt is the time from the step in which
/// the input arrived to the stamp of the target's spike; G is <see cref="Window"/>, and 0 where the input came too late (beside <see cref="TimingWindow.Stdp"/>) or not at all. A neuron that did not spike counts as one at the end of the sample.
/// </para>
/// <para>
/// <b>Which error.</b> On projections onto the neurons of <see cref="FirstSpikeModel"/> the neuron's own; on those from <see cref="ErrorPorts"/> that of the source, whose spike time came with it: so the copy of the weights that errors come
/// back through stays the same as the one that acts. On the projection that starts a sample, whose weights are thresholds, G is 1.
/// </para>
/// <para><b>Rate.</b> In pass p, of <see cref="PassSamples"/> samples each: <c>Rate Factor^p</c>, times <c>1 - p / Passes</c> where <see cref="Passes"/> is given; from the last of these on it stays.</para>
/// <para><b>Reference.</b> Derived from the abstract of Cai et al., IEEE JETCAS 13(4), 2023; the window after Liu et al., Frontiers in Neuroscience 15, 756876 (2021).</para>
/// </summary>
/// <param name="Rate">Learning rate of the first pass.</param>
/// <param name="Factor">By which the rate is multiplied after each pass.</param>
/// <param name="PassSamples">Samples in a pass.</param>
/// <param name="Passes">Passes over which the rate goes down in a straight line; 0 for no such line.</param>
/// <param name="Low">Smallest weight.</param>
/// <param name="High">Largest weight.</param>
/// <param name="Window">G.</param>
/// <param name="WindowSteps">Time constant of <see cref="TimingWindow.Exp"/>.</param>
/// <param name="Late">Part by which <see cref="TimingWindow.Stdp"/> lets inputs that came too late act the other way.</param>
/// <param name="Share">Whose error.</param>
public sealed record SpikeTimingGradient(
    double Rate, double Factor, int PassSamples, int Passes = 0, double Low = -1, double High = 1, TimingWindow Window = TimingWindow.Step, double WindowSteps = 8, double Late = 0.1, ErrorShare Share = ErrorShare.Own)
    : LearningRule
{
    /// <summary>Largest magnitude of a bound.</summary>
    public const double MostBound = 1e6;

    /// <inheritdoc/>
    public override string Name => "spike-timing-gradient";

    /// <inheritdoc/>
    public override int BytesPerSynapse => sizeof(float);

    /// <inheritdoc/>
    public override bool LooksAheadOfDelivery => false;

    internal override double LargestMagnitude => Math.Max(Math.Abs(Low), Math.Abs(High));

    /// <summary>G by the time between two spikes.</summary>
    /// <param name="dt">Stamp of the target's spike less the step in which the input arrived: above 0 where it came in time.</param>
    /// <param name="steps">Steps of a sample.</param>
    public float WeightOf(int dt, int steps) => Window switch
    {
        TimingWindow.Stdp => dt > 0 ? 1 : (float)-Late,
        _ when dt <= 0 => 0,
        TimingWindow.Exp => (float)PortableMath.Exp(-dt / WindowSteps),
        TimingWindow.Linear => (float)((double)dt / steps),
        _ => 1,
    };

    /// <summary>The learning rate of a sample.</summary>
    /// <param name="sample">Number of the sample, from 0 over all passes.</param>
    public float RateAt(long sample)
    {
        long pass = sample / PassSamples;
        double rate = Passes > 0 ? Rate * (Passes - Math.Min(pass, Passes - 1)) / Passes : Rate;
        for (; Factor < 1 && pass > 0 && rate > 0; pass--) rate *= Factor;
        return (float)rate;
    }

    internal override void Validate(string field, Projection projection, Population target)
    {
        if (target.Model is not FirstSpikeModel)
            throw new NetworkException($"{field}.learning", $"{Name} onto model {target.Model.Name}; it works on neurons that tell by their first spike");
        if (projection.Connectivity is not (Connectivity.DenseConnectivity or Connectivity.OneToAllConnectivity))
            throw new NetworkException($"{field}.learning", $"{Name} on {projection.Connectivity.Name} synapses; it works on dense ones, and on those that start a sample");
        if (!(Rate is >= 0 and <= 1e6)) throw new NetworkException($"{field}.learning.rate", $"{Rate}; give 0 to 1e6");
        if (!(Factor is > 0 and <= 1)) throw new NetworkException($"{field}.learning.factor", $"{Factor}; above 0 and at most 1");
        if (PassSamples < 1) throw new NetworkException($"{field}.learning.passSamples", $"{PassSamples}; at least 1");
        if (Passes < 0) throw new NetworkException($"{field}.learning.passes", $"{Passes}; 0 for no line, or the number of passes");
        if (!(Math.Abs(Low) <= MostBound) || !(Math.Abs(High) <= MostBound) || Low > High)
            throw new NetworkException($"{field}.learning", $"low {Low} and high {High}; give bounds within ±{MostBound:0}, low first");
        if (!(WindowSteps is > 0 and <= 1e6)) throw new NetworkException($"{field}.learning.windowSteps", $"{WindowSteps}; above 0 and at most 1e6");
        if (!(Late is >= 0 and <= 1)) throw new NetworkException($"{field}.learning.late", $"{Late}; give 0 to 1");
    }

    internal override void WriteTo(CanonicalWriter writer) => writer
        .Write(Name).Write(Rate).Write(Factor).Write(PassSamples).Write(Passes).Write(Low).Write(High).Write((int)Window).Write(WindowSteps).Write(Late).Write((int)Share);
}
