using System.Diagnostics;
using ActorSnn.Cores;
using ActorSnn.Learning;
using ActorSnn.Learning.Ann;
using ActorSnn.Learning.SsnnBp;
using ActorSnn.Mesh;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems.SsnnBp;

/// <summary>What the inference network made of a test set, or of its first samples.</summary>
/// <param name="Answers">Its answers and how good they are.</param>
/// <param name="State">State of the network at the end.</param>
/// <param name="Placement">Cores it ran on.</param>
/// <param name="Traffic">What went between them.</param>
/// <param name="Threads">Threads that ran them.</param>
/// <param name="Seconds">Time the network ran.</param>
/// <param name="Timing">In which timing, and what that did.</param>
internal sealed record SsnnBpEvaluation(
    SsnnBpAnswers Answers, NetworkState State, Placement Placement, MeshTraffic Traffic, int Threads, double Seconds, TimingResult Timing)
{
    /// <summary>Steps between two looks at what was recorded: bounds the memory recordings take.</summary>
    private const int Portion = 50_000;

    /// <summary>Runs the inference network over samples.</summary>
    /// <param name="network">The network, with its own probes.</param>
    /// <param name="test">The test set, which it shows.</param>
    /// <param name="count">How many of its samples, from the first.</param>
    /// <param name="testLength">Steps of a sample.</param>
    /// <param name="hiddenLayers">Number of hidden layers.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="cores">Number of cores; null lets the limits decide.</param>
    /// <param name="threads">Threads; null lets the engine decide.</param>
    /// <param name="stop">Ends it early.</param>
    /// <param name="free">Free timing; null for the timing of the network.</param>
    /// <param name="progress">Is told samples and seconds.</param>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static SsnnBpEvaluation Run(
        Network network, LayeredSamples test, int count, int testLength, int hiddenLayers, IEngine engine, int? cores, int? threads, CancellationToken stop, FreeTiming? free = null,
        Action<long, double>? progress = null)
    {
        RequestedCores.Require(network, cores);
        var placement = Placer.Place(network, new PlacementOptions(cores));
        using var mesh = engine.Build(placement, new MeshOptions(threads, Timing: free));
        int outputs = test.Classes;
        var wins = new int[count * outputs];
        var potentials = new float[wins.Length];
        int portion = Math.Max(1, Portion / testLength);
        // The output takes its first step so many ticks after the input.
        int lag = hiddenLayers + 1;
        var clock = new Stopwatch();
        for (int done = 0; done < count;)
        {
            done = Math.Min(done + portion, count);
            clock.Start();
            mesh.RunTo(SsnnBpCircuit.InferenceTickAfterSamples(hiddenLayers, testLength, done), stop);
            clock.Stop();
            stop.ThrowIfCancellationRequested();
            var recordings = mesh.TakeRecordings();
            foreach (var spike in recordings.Spikes(SsnnBpCircuit.OutputSpikes)) wins[(spike.Tick - lag) / testLength * outputs + spike.Neuron]++;
            foreach (var (tick, values) in recordings.Potentials(SsnnBpCircuit.OutputPotentials))
            {
                // Ticks before the first step belong to no sample.
                if (tick >= lag) values.CopyTo(potentials, (tick - lag) / testLength * outputs);
            }
            progress?.Invoke(done, clock.Elapsed.TotalSeconds);
        }
        return new SsnnBpEvaluation(
            SsnnBpAnswers.Of(wins, potentials, test.Labels.AsSpan(0, count), outputs), mesh.Capture(), placement, mesh.Traffic, mesh.Threads, clock.Elapsed.TotalSeconds,
            TimingResult.Of(network, free, mesh.Free));
    }

    /// <summary>Accuracy of the plain network of the same weights.</summary>
    public static double RateAccuracy(LayerWeights weights, SpikeActivation activation, LayeredSamples test) =>
        new AnnNetwork(weights, ActivationOf(activation)).Accuracy(test.Means);

    /// <summary>The activation of a plain network that spike probabilities stand for.</summary>
    public static HiddenActivation ActivationOf(SpikeActivation activation) => activation == SpikeActivation.Logistic ? HiddenActivation.Logistic : HiddenActivation.HardSigmoid;

    /// <summary>The accuracies by name.</summary>
    public static IReadOnlyList<Measure> MeasuresOf(SsnnBpAccuracy accuracy) =>
    [
        new("spikes", "output that wins most steps", accuracy.Spikes),
        new("rate", "plain network of the same weights", accuracy.Rate),
    ];
}
