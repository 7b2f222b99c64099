using ActorSnn.Cores;
using ActorSnn.Datasets;
using ActorSnn.Learning;
using ActorSnn.Learning.SsnnBp;
using ActorSnn.Mesh;
using ActorSnn.Networks;
using ActorSnn.Reports;

namespace ActorSnn.Cli.Systems.SsnnBp;

/// <summary>What SSNN-BP shows of itself.</summary>
internal static class SsnnBpDetails
{
    public const string LossMeaning = "Loss: cross-entropy of the softmax of the output potentials at the last step of a sample, averaged over the test samples.";

    /// <summary>Samples over which spikes are counted.</summary>
    private const int SamplesCounted = 50;

    /// <summary>
    /// Shows the first test samples to a network of its own with the given weights: the one that trains, learning as it goes, or the one that infers. Whatever ran before is not touched.
    /// </summary>
    /// <param name="weights">The weights.</param>
    /// <param name="settings">What the network is like.</param>
    /// <param name="seed">Seed of what is drawn.</param>
    /// <param name="test">The test set.</param>
    /// <param name="training">Which network.</param>
    /// <param name="count">Samples to record; fewer when there are not as many.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="cores">Number of cores; null lets the limits decide.</param>
    /// <param name="threads">Threads; null lets the engine decide.</param>
    /// <exception cref="UsageException">More cores than neurons.</exception>
    public static Showing Show(
        LayerWeights weights, SsnnBpSettings settings, ulong seed, LayeredSamples test, bool training, int count, IEngine engine, int? cores, int? threads)
    {
        var options = settings.Options;
        int layers = options.Hidden.Length + 1;
        int steps = training ? options.TrainLength : settings.TestLength;
        int window = training ? options.Window : 1;
        int period = training ? steps / window * SsnnBpCircuit.PeriodTicks(options) : steps;
        count = Math.Min(count, test.Count);
        var recorded = SsnnBpAnnotation.SpikeProbes(layers - 1, training).ToList();
        Probe[] probes =
        [
            .. recorded,
            .. ShownCounts.Probes(recorded, period),
            new PotentialProbe("o potentials", SsnnBpCircuit.Output, TickFilter.EveryTick),
        ];
        var network = training
            ? SsnnBpCircuit.Training(weights, test.Inputs, test.Labels, options, seed, shuffled: false, probes)
            : SsnnBpCircuit.Inference(weights, test.Inputs, options, steps, seed, probes);
        RequestedCores.Require(network, cores);
        using var mesh = engine.Build(Placer.Place(network, new PlacementOptions(cores)), new MeshOptions(threads));
        var initial = mesh.Capture();
        int lag = layers * window; // the output's steps come so many ticks after the input's
        mesh.RunTo((long)period * count + lag - 1);
        var recordings = mesh.TakeRecordings();
        var recording = SsnnBpAnnotation.Annotate(recordings.Between(0, (long)period * count - 1, initial));
        recording = recording with { Samples = [.. Enumerable.Range(0, count).Select(i => Caption(recordings, i, period, lag, test))] };

        int counted = Math.Clamp(test.Count, count, Math.Max(count, SamplesCounted));
        for (int done = count; done < counted; done++)
        {
            mesh.RunTo(period * (done + 1L) - 1);
            recordings = mesh.TakeRecordings(); // the counts stay, the spikes go
        }
        int windows = steps / window;
        int parts = ShownCounts.PartsOf(windows);
        var activity = new Activity(
            counted, "sample", [.. Enumerable.Range(0, parts).Select(p => $"steps {p * steps / parts + 1} to {(p + 1) * steps / parts}")],
            [.. recorded.Select(p => new PopulationActivity(p.Population, network[p.Population].Size, [.. ShownCounts.Of(recordings, p.Population, parts)], SsnnBpAnnotation.GroupOf(p.Population)))]);
        string circuit = training ? "the training network with the weights as trained, learning as it goes" : "the inference network";
        return new Showing(
            $"The first {Units.Several(count, "test sample")} shown to {circuit}: {steps} steps, {period} ticks each. Above a sample, where there is room: its label → what was answered.", recording,
            $"Over the first {Units.Several(counted, "test sample")}, shown to {circuit}.", activity,
            MeshOverviews.Of(mesh.Placement, mesh.Traffic, SsnnBpAnnotation.GroupOf));
    }

    /// <summary>The input weights of the hidden units that have the largest.</summary>
    public static WeightImages Images(LayerWeights weights, int channels, int rows, int columns) =>
        HiddenWeights.Images(weights.Weights(1), weights.Sizes[1], channels * rows, columns, "1");

    private static RecordedSample Caption(Recordings recordings, int sample, int period, int lag, LayeredSamples test)
    {
        long first = (long)period * sample;
        var names = DataLocator.ClassNamesOf(test.Dataset);
        var answer = recordings.Spikes(SsnnBpCircuit.Output).Where(s => s.Tick >= first + lag && s.Tick < first + lag + period)
            .CountBy(s => s.Neuron).OrderByDescending(c => c.Value).ThenBy(c => c.Key).FirstOrDefault();
        return new RecordedSample(first, period, $"{sample + 1}: {names[test.Labels[sample]]} → {names[answer.Key]}");
    }
}
