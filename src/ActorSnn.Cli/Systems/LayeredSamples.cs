using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using ActorSnn.Datasets;
using ActorSnn.Datasets.Events;
using ActorSnn.Learning.Ann;
using ActorSnn.Learning.SsnnBp;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems;

/// <summary>Samples for networks of layers that take real numbers: gray images, recordings of events in time bins, or spike trains of which first spikes remain.</summary>
internal sealed class LayeredSamples
{
    /// <summary>Folds are the same whatever the seed of a run: runs of several seeds then judge with the same samples.</summary>
    private const ulong FoldSeed = 1;

    private readonly Lazy<AnnSamples> _means;
    private readonly Func<int, SsnnBpInputs> _first;
    private readonly IntensityFrames? _intensities;

    private LayeredSamples(string dataset, int channels, int rows, int columns, byte[] labels, string digest, Func<int, SsnnBpInputs> first, Func<AnnSamples> means)
    {
        (Dataset, Channels, Rows, Columns, Labels, Digest, Inputs, _first) = (dataset, channels, rows, columns, labels, digest, first(labels.Length), first);
        _means = new Lazy<AnnSamples>(means);
    }

    private LayeredSamples(string dataset, int rows, int columns, byte[] pixels, byte[] labels, string digest) : this(
        dataset, 1, rows, columns, labels, digest,
        first => SsnnBpInputs.Intensities(new IntensityFrames(first, rows * columns, first == labels.Length ? pixels : pixels[..(first * rows * columns)])),
        () => AnnSamples.OfIntensities(pixels, rows * columns, labels)) => _intensities = new IntensityFrames(labels.Length, rows * columns, pixels);

    /// <summary>Name of the data set.</summary>
    public string Dataset { get; }

    /// <summary>Channels of a sample: 1 for images and spike trains, 2 for the OFF and the ON events of recordings.</summary>
    public int Channels { get; }

    /// <summary>Rows of a sample, after the crop.</summary>
    public int Rows { get; }

    /// <summary>Columns of a sample, after the crop.</summary>
    public int Columns { get; }

    /// <summary>One label a sample.</summary>
    public byte[] Labels { get; }

    /// <summary>Digest of the samples and labels, before the crop.</summary>
    public string Digest { get; }

    /// <summary>The samples as a spiking network takes them.</summary>
    public SsnnBpInputs Inputs { get; }

    /// <summary>The samples as intensities, which is what all but recordings of events are.</summary>
    /// <exception cref="InvalidOperationException">They are recordings.</exception>
    public IntensityFrames Intensities => _intensities ?? throw new InvalidOperationException($"samples of {Dataset} are no intensities");

    /// <summary>The samples as a plain network takes them: gray values, or means over the time bins.</summary>
    public AnnSamples Means => _means.Value;

    /// <summary>The first samples alone.</summary>
    /// <param name="count">How many.</param>
    public SsnnBpInputs First(int count) => _first(count);

    public int Count => Labels.Length;

    public int Classes => DataLocator.ClassesOf(Dataset);

    /// <summary>The data sets there are.</summary>
    public static IReadOnlyList<string> Datasets { get; } = [.. DataLocator.Datasets, .. DataLocator.EventDatasets];

    /// <summary>Whether a data set is of recordings and not of images.</summary>
    public static bool IsRecorded(string dataset) => DataLocator.EventDatasets.Contains(dataset);

    /// <summary>Loads samples.</summary>
    /// <param name="data">Where they are.</param>
    /// <param name="dataset">Name of the data set.</param>
    /// <param name="training">Whether to load those to train with, else those to test with.</param>
    /// <param name="count">Only the first so many; null for all.</param>
    /// <param name="bins">Time bins of a recording.</param>
    /// <param name="crop">Pixels left out on each side of an image, from its rows and columns.</param>
    /// <param name="fold">Of recordings: which fold of all of them is the test part, from 1, and how many there are; null for the data set's own parts.</param>
    /// <exception cref="DatasetException">They cannot be had.</exception>
    /// <exception cref="UsageException">The crop leaves nothing, or there are more folds than recordings.</exception>
    public static LayeredSamples Load(
        DataLocator data, string dataset, bool training, int? count, int bins, Func<int, int, int> crop, (int Fold, int Folds)? fold = null)
    {
        var samples = IsRecorded(dataset) ? Recordings(data, dataset, training, count, bins, fold) : Images(dataset, () => training ? data.LoadTrain(dataset, count) : data.LoadTest(dataset, count), crop);
        ReleaseRead();
        return samples;
    }

    /// <summary>Loads images that have no test part of their own.</summary>
    /// <param name="data">Where they are.</param>
    /// <param name="dataset">One of <see cref="DataLocator.SplitDatasets"/>.</param>
    /// <param name="training">Whether to load those to train with, else those to test with.</param>
    /// <param name="count">Only the first so many; null for all.</param>
    /// <param name="split">Which split, from 1.</param>
    /// <param name="cells">What sees the images; null for the images as they are.</param>
    /// <exception cref="DatasetException">They cannot be had, or there are not as many.</exception>
    public static LayeredSamples LoadSplit(DataLocator data, string dataset, bool training, int? count, int split, EdgeCells? cells)
    {
        var samples = Images(dataset, () =>
        {
            var (train, test) = data.LoadSplit(dataset, split);
            var part = training ? train : test;
            if (count > part.Count) throw new DatasetException($"{count} {(training ? "training" : "test")} images of {dataset} asked for; split {split} has {part.Count}");
            var shown = part.Take(count ?? part.Count);
            return cells?.See(shown) ?? shown;
        }, (_, _) => 0);
        ReleaseRead();
        return samples;
    }

    /// <summary>
    /// Loads spike trains as intensities: of each channel the first spike in each of several windows of time, the earlier the larger. <see cref="LatencySource"/> makes the spikes again.
    /// </summary>
    /// <param name="data">Where they are.</param>
    /// <param name="dataset">One of <see cref="DataLocator.SpikeDatasets"/>.</param>
    /// <param name="training">Whether to load those to train with, else those to test with.</param>
    /// <param name="count">Only the first so many; null for all.</param>
    /// <param name="steps">Steps that the duration is divided into, at most 255.</param>
    /// <param name="windows">Windows, each a row of a sample.</param>
    /// <param name="seconds">The duration that is looked at.</param>
    /// <exception cref="DatasetException">They cannot be had.</exception>
    public static LayeredSamples LoadSpikeTrains(DataLocator data, string dataset, bool training, int? count, int steps, int windows, double seconds)
    {
        var samples = SpikeTrains(data, dataset, training, count, steps, windows, seconds);
        ReleaseRead();
        return samples;
    }

    /// <summary>Digest of a training and a test set together.</summary>
    public static string DigestOf(LayeredSamples train, LayeredSamples test) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(train.Digest + test.Digest)));

    /// <exception cref="UsageException">The crop leaves nothing of an image.</exception>
    public static void RequireCrop(string dataset, int rows, int columns, int crop)
    {
        int most = (Math.Min(rows, columns) - 1) / 2;
        if (crop < 0 || crop > most) throw new UsageException($"--crop {crop}: images of {dataset} are {rows}x{columns}; give 0 to {most}");
    }

    // Frames of their own, so that nothing on the caller's stack keeps what was read alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static LayeredSamples Images(string dataset, Func<LabelledImages> load, Func<int, int, int> cropOf)
    {
        var images = load();
        int crop = cropOf(images.Rows, images.Columns);
        RequireCrop(dataset, images.Rows, images.Columns, crop);
        int rows = images.Rows - 2 * crop;
        int columns = images.Columns - 2 * crop;
        byte[] pixels = images.Pixels;
        if (crop > 0)
        {
            pixels = new byte[images.Count * rows * columns];
            for (int i = 0; i < images.Count; i++)
            {
                for (int row = 0; row < rows; row++)
                    images.Image(i).Slice((row + crop) * images.Columns + crop, columns).CopyTo(pixels.AsSpan((i * rows + row) * columns));
            }
        }
        return new LayeredSamples(dataset, rows, columns, pixels, images.Labels, images.Digest);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static LayeredSamples SpikeTrains(DataLocator data, string dataset, bool training, int? count, int steps, int windows, double seconds)
    {
        var trains = training ? data.LoadTrainSpikes(dataset, count) : data.LoadTestSpikes(dataset, count);
        var latencies = Latencies.OfFirstSpikes(trains, steps, seconds, windows);
        return new LayeredSamples(
            dataset, windows, trains.Channels, Array.ConvertAll(latencies.SpikeBins, bin => LatencySource.IntensityOf(bin, steps)), latencies.Labels, latencies.Digest);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static LayeredSamples Recordings(DataLocator data, string dataset, bool training, int? count, int bins, (int Fold, int Folds)? fold)
    {
        var events = data.OpenEvents(dataset);
        var frames = fold is { } part ? FramesOf(events, training, count, bins, part.Fold, part.Folds) : training ? events.Train(bins, count) : events.Test(bins, count);
        return new LayeredSamples(
            dataset, 2, frames.Height, frames.Width, frames.Labels, frames.Digest,
            first => SsnnBpInputs.Recorded(
                new BitFrames(first * frames.Bins, frames.Inputs, first == frames.Count ? frames.Words : frames.Words[..(first * frames.Bins * frames.WordsPerFrame)]), frames.Bins), () =>
            {
                var means = new float[frames.Count * frames.Inputs];
                for (int i = 0; i < frames.Count; i++) frames.Means(i, means.AsSpan(i * frames.Inputs, frames.Inputs));
                return AnnSamples.OfMeans(means, frames.Inputs, frames.Labels);
            });
    }

    private static EventFrames FramesOf(EventDataset events, bool training, int? count, int bins, int fold, int folds)
    {
        var all = events.Train(bins).Concat(events.Test(bins));
        if (folds > all.Count) throw new UsageException($"--fold {fold}/{folds}: there are {all.Count} recordings; give at most as many folds");
        var (train, test) = Folds.Split(all.Count, folds, FoldSeed)[fold - 1];
        var chosen = training ? train : test;
        return all.Select(count < chosen.Length ? chosen[..count.Value] : chosen);
    }

    /// <summary>What was read is of no use any more.</summary>
    private static void ReleaseRead() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
