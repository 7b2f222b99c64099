using ActorSnn.Cores;
using ActorSnn.Learning.Sbp;
using ActorSnn.Mesh;
using ActorSnn.Networks;
using ActorSnn.Reports;

namespace ActorSnn.Cli.Systems.Sbp;

/// <summary>What sBP shows of itself.</summary>
internal static class SbpDetails
{
    public const string LossMeaning =
        "Loss: how far the potentials of wrong outputs lie on the wrong side of the spike threshold, summed over the outputs, averaged over the test images (1024 weight units = 1).";

    /// <summary>Samples over which spikes are counted: a few hundred milliseconds of work, enough for rates.</summary>
    private const int SamplesCounted = 500;

    /// <summary>
    /// Shows the first test images to a circuit of its own with the given weights: the one that trains, learning as it goes, or the one that infers. Whatever
    /// ran before is not touched.
    /// </summary>
    /// <param name="weights">The weights.</param>
    /// <param name="test">The test set.</param>
    /// <param name="training">Which circuit.</param>
    /// <param name="count">Samples to record; fewer when there are not as many.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="cores">Number of cores; null lets the limits decide.</param>
    /// <param name="threads">Threads; null lets the engine decide.</param>
    /// <exception cref="UsageException">More cores than neurons.</exception>
    public static Showing Show(SbpWeights weights, SbpSamples test, bool training, int count, IEngine engine, int? cores, int? threads)
    {
        int period = training ? SbpCircuit.TrainingTicks : SbpCircuit.InferenceTicks;
        count = Math.Min(count, test.Labels.Length);
        var recorded = SbpAnnotation.SpikeProbes(training).ToList();
        Probe[] probes =
        [
            .. recorded,
            .. recorded.Select(p => new SpikeCountProbe(CountsOf(p.Population), p.Population, period)),
            new PotentialProbe("o potentials", "o", TickFilter.EveryTick),
        ];
        var network = training
            ? SbpCircuit.Training(weights, test.Inputs, BitFrames.OneHot(test.Labels, test.Classes), seed: 1, shuffled: false, probes)
            : SbpCircuit.Inference(weights, test.Inputs, probes);
        RequestedCores.Require(network, cores);
        using var mesh = engine.Build(Placer.Place(network, new PlacementOptions(cores)), new MeshOptions(threads));
        var initial = mesh.Capture();
        // The first period starts the ring and belongs to no sample.
        mesh.RunTo(period - 1);
        var before = mesh.TakeRecordings();
        mesh.RunTo(period * (count + 1) - 1);
        var recordings = mesh.TakeRecordings();
        var recording = SbpAnnotation.Annotate(recordings.Between(period, period * (count + 1) - 1, initial), training);
        recording = recording with { Samples = [.. Enumerable.Range(0, count).Select(i => Caption(recordings, i, period, test.Labels[i]))] };

        int counted = Math.Clamp(test.Labels.Length, count, Math.Max(count, SamplesCounted));
        for (int done = count; done < counted;)
        {
            done = Math.Min(counted, done + SamplesCounted / 10);
            mesh.RunTo(period * (done + 1) - 1);
            recordings = mesh.TakeRecordings(); // the counts stay, the spikes go
        }
        // That each gate spikes once a sample needs no picture.
        var activity = new Activity(counted, "sample", [.. recording.Phases!.List.Select(p => p.Name)], [.. recorded.Where(p => network[p.Population].Size > 1).Select(p => new PopulationActivity(
            p.Population, network[p.Population].Size, [.. Differences(recordings.Counts(CountsOf(p.Population)), before.Counts(CountsOf(p.Population)))],
            SbpAnnotation.GroupOf(p.Population)))]);
        string circuit = training ? "the training circuit with the weights as trained, learning as it goes" : "the inference circuit";
        return new Showing(
            $"The first {Units.Several(count, "test image")} shown to {circuit}: {period} ticks each. Above a sample, where there is room: its label → what was answered.", recording,
            $"Over the first {Units.Several(counted, "test image")}, shown to {circuit}.", activity,
            MeshOverviews.Of(mesh.Placement, mesh.Traffic, SbpAnnotation.GroupOf));
    }

    /// <summary>Which class was taken for which.</summary>
    public static IReadOnlyList<Confusion> Confusions(SbpAnswers answers, SbpSamples test)
    {
        string[] classes = [.. Enumerable.Range(0, test.Classes).Select(c => $"{c}")];
        long[,] Count(IReadOnlyList<int> given, int columns)
        {
            var counts = new long[test.Classes, columns];
            for (int i = 0; i < given.Count; i++) counts[test.Labels[i], given[i] == SbpAnswers.None ? test.Classes : given[i]]++;
            return counts;
        }
        return
        [
            new("By the first output that spikes", classes, [.. classes, "none"], Count(answers.BySpikes, test.Classes + 1)),
            new("By the highest potential", classes, classes, Count(answers.ByPotential, test.Classes)),
        ];
    }

    /// <summary>The input weights of the hidden units that have the largest.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="rows">Rows of an image, before the crop.</param>
    /// <param name="columns">Columns of an image, before the crop.</param>
    /// <param name="crop">Pixels left out on each side.</param>
    public static WeightImages Images(SbpWeights weights, int rows, int columns, int crop) =>
        HiddenWeights.Images(weights.InputToHidden(), weights.Hidden, rows - 2 * crop, columns - 2 * crop, "weight units");

    private static RecordedSample Caption(Recordings recordings, int sample, int period, byte label)
    {
        long first = period * (sample + 1L);
        // Both circuits answer in the same phase.
        var answer = recordings.Spikes("o").Where(s => s.Tick == first + (int)SbpPhase.Output).Select(s => s.Neuron).ToList();
        return new RecordedSample(first, period, $"{sample + 1}: {label} → {(answer.Count == 0 ? "none" : string.Join('+', answer))}");
    }

    private static IEnumerable<long> Differences(ReadOnlySpan<long> after, ReadOnlySpan<long> before) => after.ToArray().Zip(before.ToArray(), (a, b) => a - b);

    private static string CountsOf(string population) => $"{population} counts";
}
