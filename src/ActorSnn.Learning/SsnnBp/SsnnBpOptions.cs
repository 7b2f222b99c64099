using System.Collections.Immutable;
using ActorSnn.Networks;

namespace ActorSnn.Learning.SsnnBp;

/// <summary>What an SSNN-BP network is like, and how it learns.</summary>
public sealed record SsnnBpOptions
{
    /// <summary>Neurons of the hidden layers, first to last; at least one layer.</summary>
    public ImmutableArray<int> Hidden { get; init; } = [256];

    /// <summary>Steps a training sample lasts: N, the length of its spike trains.</summary>
    public int TrainLength { get; init; } = 32;

    /// <summary>Steps after which updates are committed together; 1 learns in place, step by step. Divides <see cref="TrainLength"/>.</summary>
    public int Window { get; init; } = 1;

    /// <summary>Learning rate by pass.</summary>
    public RateSchedule Rate { get; init; } = new(0.1, 1);

    /// <summary>Gain of the hidden layers' backward spikes: a probability of 1 stands for a gradient of 1 / Gain.</summary>
    public double Gain { get; init; } = 1;

    /// <summary>What a neuron takes for its membrane.</summary>
    public MembraneMode Membrane { get; init; } = MembraneMode.Integrate;

    /// <summary>From the potential to the probability of a spike.</summary>
    public SpikeActivation Activation { get; init; } = SpikeActivation.Logistic;

    /// <summary>What stands for the derivative of the activation.</summary>
    public BackwardDerivative Derivative { get; init; } = BackwardDerivative.Numeric;

    /// <summary>How backward spikes are split over two lines.</summary>
    public BackwardSplit Split { get; init; } = BackwardSplit.BySign;

    /// <summary>How the winner of the output layer is drawn.</summary>
    public WinnerDraw Winner { get; init; } = WinnerDraw.Categorical;

    /// <summary>Weight decay λ; biases do not decay.</summary>
    public double L2 { get; init; }

    /// <summary>Part of the hidden neurons that is left out of a sample.</summary>
    public double Dropout { get; init; }

    /// <summary>How the devices that hold weights differ; null for ideal ones.</summary>
    public DeviceModel? Device { get; init; }

    /// <summary>Requires that the numbers make sense together.</summary>
    /// <exception cref="ArgumentException">They do not; the message says what would.</exception>
    public void Validate()
    {
        static void Require(bool holds, string message)
        {
            if (!holds) throw new ArgumentException(message);
        }

        Require(Hidden.Length >= 1 && Hidden.All(n => n >= 1), "hidden layers have at least one neuron each, and there is at least one");
        Require(TrainLength is >= 1 and <= SteppedNeuronModel.MaxSampleSteps, $"a train length of {TrainLength}; give 1 to {SteppedNeuronModel.MaxSampleSteps}");
        Require(Window >= 1 && TrainLength % Window == 0, $"a window of {Window} steps; give one that divides the train length {TrainLength}");
        Require(Window <= Networks.Delay.MaxTicks / (2 * Hidden.Length + 1), $"a window of {Window} steps; give at most {Networks.Delay.MaxTicks / (2 * Hidden.Length + 1)}");
        Require(Rate.Rate is > 0 and <= 1000, $"a learning rate of {Rate.Rate}; give a positive number");
        Require(Gain is > 0 and <= 1e6, $"a gain of {Gain}; give a positive number");
        Require(L2 is 0 or (>= 1e-9 and <= 1), $"an L2 of {L2}; give 0, or 1e-9 to 1");
        Require(Dropout is >= 0 and < 1, $"a dropout of {Dropout}; give a part from 0 to below 1");
    }
}
