using System.Diagnostics;
using ActorSnn.Cores;
using ActorSnn.Learning;
using ActorSnn.Learning.Bstdg;
using ActorSnn.Mesh;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems.Bstdg;

/// <summary>How long the inference network takes whose samples end with their answers.</summary>
/// <param name="Seconds">Wall time for all samples.</param>
/// <param name="Copies">Copies of the network, each with a part of the samples: an answer starts the next sample, so that one network cannot show two at a time.</param>
internal sealed record EarlyExit(double Seconds, int Copies)
{
    /// <summary>Runs the network over samples that another has answered; answers, and when they come, must be the same.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="test">The samples.</param>
    /// <param name="options">What the network is like.</param>
    /// <param name="expected">Answers of the network whose samples last all their steps.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="cores">Number of cores of a copy; null lets the limits decide.</param>
    /// <param name="threads">Threads for all copies; more than a copy has cores are for further copies. Null lets the engine decide, for one copy.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="InvalidOperationException">Answers differ.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static EarlyExit Run(
        LayerWeights weights, LayeredSamples test, BstdgOptions options, BstdgAnswers expected, IEngine engine, int? cores, int? threads, CancellationToken stop)
    {
        Network NetworkOf(Range samples)
        {
            var (start, count) = samples.GetOffsetAndLength(test.Count);
            int size = test.Intensities.Size;
            var frames = new byte[count * size];
            for (int n = 0; n < count; n++) test.Intensities[start + n].CopyTo(frames.AsSpan(n * size));
            return BstdgCircuit.Inference(weights, new IntensityFrames(count, size, frames), options, exitsEarly: true);
        }

        int coresOfCopy = Placer.Place(NetworkOf(..1), new PlacementOptions(cores)).Cores.Length;
        int copies = Math.Clamp((threads ?? 1) / coresOfCopy, 1, test.Count);
        var parts = Enumerable.Range(0, copies).Select(c => new Range((int)((long)c * test.Count / copies), (int)((c + 1L) * test.Count / copies))).ToArray();
        var meshes = new List<IMesh>();
        try
        {
            foreach (var part in parts) meshes.Add(engine.Build(Placer.Place(NetworkOf(part), new PlacementOptions(cores)), new MeshOptions(copies > 1 ? coresOfCopy : threads)));
            var clock = Stopwatch.StartNew();
            var runs = parts.Select((part, c) => Task.Factory.StartNew(
                () => Answer(meshes[c], part.Start.Value, part.End.Value, expected, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
            // All of them, also when one has failed: none may run on a mesh that is gone.
            Task.WhenAll(runs).GetAwaiter().GetResult();
            return new EarlyExit(clock.Elapsed.TotalSeconds, copies);
        }
        finally
        {
            foreach (var mesh in meshes) mesh.Dispose();
        }
    }

    private static void Answer(IMesh mesh, int first, int end, BstdgAnswers expected, CancellationToken stop)
    {
        long now = 0, last = 0;
        for (int answered = first; answered < end;)
        {
            // No further than the last answer can come at the earliest, so that nothing runs beyond it.
            now = Math.Max(now + 1, last + (long)BstdgCircuit.LeastPeriodTicks * (end - answered));
            mesh.RunTo(now, stop);
            stop.ThrowIfCancellationRequested();
            foreach (var spike in mesh.TakeRecordings().Spikes(BstdgCircuit.Answers))
            {
                int decision = (int)(spike.Tick - last - 1);
                if (spike.Neuron != expected.Classes[answered] || decision != expected.Decisions[answered])
                {
                    throw new InvalidOperationException(
                        $"sample {answered} is answered {spike.Neuron} at step {decision} where samples end early, and {expected.Classes[answered]} at step {expected.Decisions[answered]} where they do not");
                }
                last = spike.Tick;
                answered++;
            }
        }
    }
}
