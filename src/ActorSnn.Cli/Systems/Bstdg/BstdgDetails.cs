using ActorSnn.Cores;
using ActorSnn.Datasets;
using ActorSnn.Learning;
using ActorSnn.Learning.Bstdg;
using ActorSnn.Mesh;
using ActorSnn.Networks;
using ActorSnn.Reports;

namespace ActorSnn.Cli.Systems.Bstdg;

/// <summary>What networks of first spikes show of themselves.</summary>
internal static class BstdgDetails
{
    private const string LossMeaning = "Loss: half the sum over the outputs of the squared error of their spike times, as parts of a sample, averaged over the test samples.";

    /// <summary>Samples over which spikes are counted.</summary>
    private const int SamplesCounted = 500;

    /// <summary>What a run can show.</summary>
    /// <param name="answers">Its answers.</param>
    /// <param name="sentence">What they took.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="test">The test set.</param>
    /// <param name="showing">The network at work.</param>
    /// <param name="mesh">Its cores.</param>
    public static RunDetails Of(BstdgAnswers answers, string sentence, LayerWeights weights, LayeredSamples test, Showing showing, MeshOverview mesh) =>
        new(LossMeaning, [Confusion.Of("By the output that spikes first", answers.Classes, test)], showing, Images(weights, test.Rows, test.Columns), mesh)
        {
            Remark = new Remark("What an answer takes", $"On the test samples the network {sentence}."),
        };

    /// <summary>
    /// Shows the first test samples to a network of its own with the given weights: the one that trains, with errors from which nothing is learned, or the one that infers, for all steps. Whatever ran before is not touched.
    /// </summary>
    /// <param name="weights">The weights.</param>
    /// <param name="options">What the network is like.</param>
    /// <param name="seed">Seed of the network.</param>
    /// <param name="test">The test set.</param>
    /// <param name="training">Which network.</param>
    /// <param name="count">Samples to record; fewer when there are not as many.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="cores">Number of cores; null lets the limits decide.</param>
    /// <param name="threads">Threads; null lets the engine decide.</param>
    /// <exception cref="UsageException">More cores than neurons.</exception>
    public static Showing Show(
        LayerWeights weights, BstdgOptions options, ulong seed, LayeredSamples test, bool training, int count, IEngine engine, int? cores, int? threads)
    {
        int period = BstdgCircuit.PeriodTicks(options);
        count = Math.Min(count, test.Count);
        var recorded = BstdgAnnotation.SpikeProbes(training).ToList();
        Probe[] probes = [.. recorded, .. ShownCounts.Probes(recorded, period)];
        var network = training
            ? BstdgCircuit.Training(weights, test.Intensities, test.Labels, Still(options), seed, shuffled: false, probes)
            : BstdgCircuit.Inference(weights, test.Intensities, options, exitsEarly: false, probes);
        RequestedCores.Require(network, cores);
        using var mesh = engine.Build(Placer.Place(network, new PlacementOptions(cores)), new MeshOptions(threads));
        var initial = mesh.Capture();
        mesh.RunTo(BstdgCircuit.InferenceTickAfterSamples(options, count));
        var recordings = mesh.TakeRecordings();
        var recording = BstdgAnnotation.Annotate(recordings.Between(0, (long)period * count - 1, initial), options);
        var names = DataLocator.ClassNamesOf(test.Dataset);
        var answers = recordings.Spikes(BstdgCircuit.Answer).GroupBy(s => (s.Tick - 1) / period).ToDictionary(s => s.Key, s => names[s.First().Neuron]);
        recording = recording with
        {
            Samples = [.. Enumerable.Range(0, count).Select(i => new RecordedSample((long)period * i, period, $"{i + 1}: {names[test.Labels[i]]} → {answers.GetValueOrDefault(i, "none")}"))],
        };

        int counted = Math.Clamp(test.Count, count, Math.Max(count, SamplesCounted));
        for (int done = count; done < counted; done++)
        {
            mesh.RunTo(period * (done + 1L) - 1);
            recordings = mesh.TakeRecordings(); // the counts stay, the spikes go
        }
        int parts = ShownCounts.PartsOf(options.Steps);
        var activity = new Activity(
            counted, "sample", [.. Enumerable.Range(0, parts).Select(p => $"part {p + 1} of {parts}")],
            [.. recorded.Select(p => new PopulationActivity(p.Population, network[p.Population].Size, [.. ShownCounts.Of(recordings, p.Population, parts)], BstdgAnnotation.GroupOf(p.Population)))]);
        string circuit = training ? "the training network with the weights as trained, which stay as they are, and no shift of thresholds" : "the inference network";
        return new Showing(
            $"The first {Units.Several(count, "test sample")} shown to {circuit}: {options.Steps} steps, {period} ticks each. Above a sample, where there is room: its label → what was answered.", recording,
            $"Over the first {Units.Several(counted, "test sample")}, shown to {circuit}.", activity,
            MeshOverviews.Of(mesh.Placement, mesh.Traffic, BstdgAnnotation.GroupOf));
    }

    /// <summary>A network that answers as it does in inference, however its errors come out.</summary>
    private static BstdgOptions Still(BstdgOptions options)
    {
        static BstdgLayer StillOf(BstdgLayer layer) => layer with { Rate = 0, ThresholdRate = 0 };
        return options with { Shift = 0, First = StillOf(options.First), Second = StillOf(options.Second) };
    }

    /// <summary>The input weights of the hidden neurons that have the largest.</summary>
    public static WeightImages Images(LayerWeights weights, int rows, int columns) => HiddenWeights.Images(weights.Weights(1), weights.Sizes[1], rows, columns, "1");
}
