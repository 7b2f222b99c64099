using ActorSnn.Cli.Hosts;
using ActorSnn.Cores;
using ActorSnn.Mesh;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems;

/// <summary>A system's side of one training: its network, when that has learned how much, and how good it is.</summary>
/// <param name="run">What determines the result.</param>
internal abstract class Trainee(TrainingRun run)
{
    /// <summary>What determines the result.</summary>
    public TrainingRun Run => run;

    /// <summary>The network; of a run that is followed, as it was submitted.</summary>
    public abstract Network Network { get; }

    /// <summary>Samples of the training set.</summary>
    public abstract int SamplesPerEpoch { get; }

    /// <summary>Samples of the test set.</summary>
    public abstract int TestSamples { get; }

    /// <summary>Digest of the test set.</summary>
    public abstract string TestDigest { get; }

    /// <summary>Digest of both sets; null for a run that is followed.</summary>
    public abstract string? Digest { get; }

    /// <summary>Ticks from one sample to the next.</summary>
    public abstract int TicksPerSample { get; }

    /// <summary>The ways to read accuracy from it, without values.</summary>
    public abstract IReadOnlyList<Measure> Measures { get; }

    /// <summary>The tick at which a number of samples have been learned from, completely.</summary>
    public abstract long TickAfterSamples(long samples);

    /// <summary>Samples learned from, completely, at a tick.</summary>
    public abstract long SamplesAt(long tick);

    /// <summary>Judges a state on the test set.</summary>
    /// <param name="state">The state after an epoch.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="engine">What runs the evaluation.</param>
    /// <param name="threads">Threads; null lets the engine decide.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public abstract EpochScores Evaluate(NetworkState state, int epoch, IEngine engine, int? threads, CancellationToken stop);

    /// <summary>What a population has in common with others; null for nothing.</summary>
    public abstract string? GroupOf(string population);

    /// <summary>Saves the model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="state">The last state.</param>
    /// <param name="stateHash">Its hash.</param>
    /// <param name="samples">Samples learned from.</param>
    /// <param name="last">The scores after the last epoch.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public abstract void SaveModel(string path, NetworkState state, string stateHash, long samples, EpochScores last);

    /// <summary>Adds to a result what is the system's own.</summary>
    /// <param name="result">The result.</param>
    /// <param name="state">The last state.</param>
    /// <param name="engine">What runs an evaluation, where there has to be one.</param>
    /// <param name="threads">Its threads; null lets the engine decide.</param>
    /// <param name="observer">Is warned of what should not be.</param>
    public abstract RunResult Complete(RunResult result, NetworkState state, IEngine engine, int? threads, IRunObserver observer);

    /// <summary>What there is to show.</summary>
    /// <param name="state">The last state.</param>
    /// <param name="shown">Samples to show at work.</param>
    /// <param name="training">The training.</param>
    /// <param name="engine">What runs the showing.</param>
    /// <param name="request">What was asked.</param>
    public abstract RunDetails Details(NetworkState state, int shown, Training training, IEngine engine, TrainRequest request);
}
