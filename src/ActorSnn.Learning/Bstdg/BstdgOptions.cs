using ActorSnn.Networks;

namespace ActorSnn.Learning.Bstdg;

/// <summary>Which thresholds learn.</summary>
public enum ThresholdTraining
{
    /// <summary>One a neuron.</summary>
    Neuron,

    /// <summary>One a layer.</summary>
    Layer,

    /// <summary>None.</summary>
    Fixed,
}

/// <summary>What belongs to one layer of weights.</summary>
/// <param name="Rate">Learning rate of the first pass.</param>
/// <param name="InitialLow">Initial weights are uniform from here …</param>
/// <param name="InitialHigh">… to here, before they are cut to the bounds.</param>
/// <param name="Threshold">Initial threshold.</param>
/// <param name="ThresholdRate">Learning rate of its thresholds; null for that of all layers.</param>
public sealed record BstdgLayer(double Rate, double InitialLow, double InitialHigh, double Threshold, double? ThresholdRate = null);

/// <summary>What a network that learns from first spikes is like, and how it learns.</summary>
public sealed record BstdgOptions
{
    /// <summary>Neurons of the hidden layer.</summary>
    public int Hidden { get; init; } = 600;

    /// <summary>Steps of time in a sample: T.</summary>
    public int Steps { get; init; } = 8;

    /// <summary>Steps by which the right class is to be first.</summary>
    public int Margin { get; init; } = 1;

    /// <summary>What of the weights acts.</summary>
    public SynapseForm Form { get; init; } = SynapseForm.Sign;

    /// <summary>What of the weights errors come back through.</summary>
    public SynapseForm BackwardForm { get; init; } = SynapseForm.Sign;

    /// <summary>How much an input changes its weight, by its time.</summary>
    public TimingWindow Window { get; init; } = TimingWindow.Step;

    /// <summary>Time constant of <see cref="TimingWindow.Exp"/>.</summary>
    public double WindowSteps { get; init; } = 8;

    /// <summary>Part by which <see cref="TimingWindow.Stdp"/> lets inputs that came too late act the other way.</summary>
    public double Late { get; init; } = 0.1;

    /// <summary>Weights from the input.</summary>
    public BstdgLayer First { get; init; } = new(0.1, -1, 1.3, 20);

    /// <summary>Weights onto the output.</summary>
    public BstdgLayer Second { get; init; } = new(0.1, -1, 1.3, 20);

    /// <summary>By which the teacher shifts thresholds of the readout; see <see cref="FirstSpikeReadout"/>.</summary>
    public double Shift { get; init; } = 4;

    /// <summary>By which learning rates are multiplied after each pass.</summary>
    public double RateFactor { get; init; } = 1;

    /// <summary>Passes over which learning rates go down in a straight line; 0 for no such line.</summary>
    public int Passes { get; init; }

    /// <summary>Largest magnitude of a weight.</summary>
    public double Bound { get; init; } = 1;

    /// <summary>Which thresholds learn.</summary>
    public ThresholdTraining Thresholds { get; init; } = ThresholdTraining.Neuron;

    /// <summary>Learning rate of thresholds, where a layer has none of its own.</summary>
    public double ThresholdRate { get; init; } = 0.05;

    /// <summary>Smallest threshold.</summary>
    public double LeastThreshold { get; init; } = 1;

    /// <summary>Learning rate of a layer's thresholds.</summary>
    public double ThresholdRateOf(BstdgLayer layer) => layer.ThresholdRate ?? ThresholdRate;

    /// <summary>Requires that the numbers make sense together.</summary>
    /// <exception cref="ArgumentException">They do not; the message says what would.</exception>
    public void Validate()
    {
        static void Require(bool holds, string message)
        {
            if (!holds) throw new ArgumentException(message);
        }

        Require(Hidden >= 1, $"{Hidden} hidden neurons; give at least 1");
        Require(Steps is >= 3 and <= FirstSpikeModel.MaxSteps, $"{Steps} steps of time; give 3 to {FirstSpikeModel.MaxSteps}");
        Require(Margin >= 1 && Margin < Steps, $"a margin of {Margin} steps; give 1 to {Steps - 1}");
        Require(Shift is >= 0 and <= SpikeTimingGradient.MostBound, $"a shift of {Shift}; give 0 to {SpikeTimingGradient.MostBound:0}");
        Require(Passes >= 0, $"{Passes} passes; give 0 or more");
        Require(RateFactor is > 0 and <= 1, $"a factor of {RateFactor} a pass; give one above 0, at most 1");
        Require(Bound is > 0 and <= SpikeTimingGradient.MostBound, $"a bound of {Bound}; give one above 0, at most {SpikeTimingGradient.MostBound:0}");
        Require(LeastThreshold > 0, $"a smallest threshold of {LeastThreshold}; give a positive number");
        foreach (var layer in (BstdgLayer[])[First, Second])
        {
            Require(layer.Rate is >= 0 and <= 1e6, $"a learning rate of {layer.Rate}; give 0 to 1e6");
            Require(ThresholdRateOf(layer) is >= 0 and <= 1e6, $"a threshold rate of {ThresholdRateOf(layer)}; give 0 to 1e6");
            Require(layer.InitialLow <= layer.InitialHigh, $"initial weights from {layer.InitialLow} to {layer.InitialHigh}; give the smaller number first");
            Require(layer.Threshold >= LeastThreshold && layer.Threshold <= SpikeTimingGradient.MostBound, $"a threshold of {layer.Threshold}; give {LeastThreshold} to {SpikeTimingGradient.MostBound:0}");
        }
    }
}
