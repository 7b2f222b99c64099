using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using ActorSnn.Datasets;
using ActorSnn.Datasets.Events;
using ActorSnn.Learning.Ann;
using ActorSnn.Learning.SsnnBp;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems;

/// <summary>Samples for networks of layers that take real numbers: gray images, or recordings of events in time bins.</summary>
internal sealed class LayeredSamples
{
    /// <summary>Folds are the same whatever the seed of a run: runs of several seeds then judge with the same samples.</summary>
    private const ulong FoldSeed = 1;

    private readonly Lazy<AnnSamples> _means;
    private readonly Func<int, SsnnBpInputs> _first;

    private LayeredSamples(string dataset, int channels, int rows, int columns, byte[] labels, string digest, Func<int, SsnnBpInputs> first, Func<AnnSamples> means)
    {
        (Dataset, Channels, Rows, Columns, Labels, Digest, Inputs, _first) = (dataset, channels, rows, columns, labels, digest, first(labels.Length), first);
        _means = new Lazy<AnnSamples>(means);
    }

    /// <summary>Name of the data set.</summary>
    public string Dataset { get; }

    /// <summary>Channels of a sample: 1 for images, 2 for the OFF and the ON events of recordings.</summary>
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
        var samples = IsRecorded(dataset) ? Recordings(data, dataset, training, count, bins, fold) : Images(data, dataset, training, count, crop);
        // What was read is of no use any more.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
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
    private static LayeredSamples Images(DataLocator data, string dataset, bool training, int? count, Func<int, int, int> cropOf)
    {
        var images = training ? data.LoadTrain(dataset, count) : data.LoadTest(dataset, count);
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
        byte[] labels = images.Labels;
        return new LayeredSamples(
            dataset, 1, rows, columns, labels, images.Digest,
            first => SsnnBpInputs.Intensities(new IntensityFrames(first, rows * columns, first == labels.Length ? pixels : pixels[..(first * rows * columns)])),
            () => AnnSamples.OfIntensities(pixels, rows * columns, labels));
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
}
