using System.Diagnostics;
using ActorSnn.Cores;
using ActorSnn.Learning.Sbp;
using ActorSnn.Mesh;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems.Sbp;

/// <summary>What the inference circuit made of a test set.</summary>
/// <param name="Answers">Its answers and how good they are.</param>
/// <param name="State">State of the inference network at the end.</param>
/// <param name="Placement">Cores it ran on.</param>
/// <param name="Traffic">What went between them.</param>
/// <param name="Threads">Threads that ran them.</param>
/// <param name="Seconds">Time the circuit ran.</param>
/// <param name="Timing">In which timing, and what that did.</param>
internal sealed record SbpEvaluation(
    SbpAnswers Answers, NetworkState State, Placement Placement, MeshTraffic Traffic, int Threads, double Seconds, TimingResult Timing)
{
    /// <summary>Samples between two looks at what was recorded: bounds the memory recordings take.</summary>
    private const int Portion = 2000;

    /// <summary>Runs the inference circuit over a test set.</summary>
    /// <param name="network">The circuit, with its own probes.</param>
    /// <param name="test">The test set, which it shows.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="cores">Number of cores; null lets the limits decide.</param>
    /// <param name="threads">Threads; null lets the engine decide.</param>
    /// <param name="stop">Ends it early.</param>
    /// <param name="free">Free timing; null for the timing of the circuit.</param>
    /// <param name="progress">Is told samples and seconds.</param>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static SbpEvaluation Run(
        Network network, SbpSamples test, IEngine engine, int? cores, int? threads, CancellationToken stop, FreeTiming? free = null,
        Action<long, double>? progress = null)
    {
        RequestedCores.Require(network, cores);
        var placement = Placer.Place(network, new PlacementOptions(cores));
        using var mesh = engine.Build(placement, new MeshOptions(threads, Timing: free));
        int outputs = test.Classes;
        var spikes = new bool[test.Labels.Length * outputs];
        var potentials = new float[spikes.Length];
        var clock = new Stopwatch();
        for (int done = 0; done < test.Labels.Length;)
        {
            done = Math.Min(done + Portion, test.Labels.Length);
            clock.Start();
            mesh.RunTo(SbpCircuit.InferenceTickAfterSamples(done), stop);
            clock.Stop();
            stop.ThrowIfCancellationRequested();
            var recordings = mesh.TakeRecordings();
            foreach (var spike in recordings.Spikes(SbpCircuit.OutputSpikes)) spikes[SampleAt(spike.Tick) * outputs + spike.Neuron] = true;
            foreach (var (tick, values) in recordings.Potentials(SbpCircuit.OutputPotentials))
            {
                // The starting period belongs to no sample.
                if (SampleAt(tick) >= 0) values.CopyTo(potentials, SampleAt(tick) * outputs);
            }
            progress?.Invoke(done, clock.Elapsed.TotalSeconds);
        }
        return new SbpEvaluation(
            SbpAnswers.Of(spikes, potentials, test.Labels, outputs), mesh.Capture(), placement, mesh.Traffic, mesh.Threads, clock.Elapsed.TotalSeconds,
            TimingResult.Of(network, free, mesh.Free));
    }

    public SbpAccuracy Accuracy => Answers.Accuracy;

    /// <summary>The accuracies by name.</summary>
    public static IReadOnlyList<Measure> MeasuresOf(SbpAccuracy accuracy) =>
    [
        new("exact", "all outputs right", accuracy.Exact),
        new("spikes", "first output that spikes", accuracy.Spikes),
        new("potential", "output of highest potential", accuracy.Potential),
    ];

    private static int SampleAt(long tick) => (int)(tick / SbpCircuit.InferenceTicks) - 1;
}
