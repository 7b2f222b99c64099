using ActorSnn.Datasets;
using ActorSnn.Datasets.Events;

namespace ActorSnn.Cli.Systems;

/// <summary>
/// Labelled samples of any data set there is, for systems that take both kinds: images, whose pixels are rates, and recordings of events, which are spike trains already.
/// One of <see cref="Images"/> and <see cref="Frames"/> is there, the other is null.
/// </summary>
internal sealed class SampleSet
{
    private SampleSet(LabelledImages images)
    {
        Images = images;
        (Dataset, Inputs, Labels, Digest) = (images.Name, images.Rows * images.Columns, images.Labels, images.Digest);
    }

    private SampleSet(EventFrames frames)
    {
        Frames = frames;
        (Dataset, Inputs, Labels, Digest) = (frames.Name, frames.Inputs, frames.Labels, frames.Digest);
    }

    /// <summary>The names of all data sets.</summary>
    public static IReadOnlyList<string> Datasets { get; } = [.. DataLocator.Datasets, .. DataLocator.EventDatasets];

    /// <summary>Name of the data set.</summary>
    public string Dataset { get; }

    /// <summary>Names of its classes, in the order of the labels.</summary>
    public IReadOnlyList<string> ClassNames => DataLocator.ClassNamesOf(Dataset);

    /// <summary>Number of samples.</summary>
    public int Count => Labels.Length;

    /// <summary>Inputs of a network.</summary>
    public int Inputs { get; }

    /// <summary>[Count], each an index into <see cref="ClassNames"/>.</summary>
    public byte[] Labels { get; }

    /// <summary>Digest of the samples and labels.</summary>
    public string Digest { get; }

    /// <summary>The images; null for recordings of events.</summary>
    public LabelledImages? Images { get; }

    /// <summary>The binned recordings of events, a frame a step; null for images.</summary>
    public EventFrames? Frames { get; }

    /// <summary>The samples to train with.</summary>
    /// <param name="data">Where data sets lie.</param>
    /// <param name="dataset">One of <see cref="Datasets"/>.</param>
    /// <param name="bins">Into how many frames recordings of events are binned; images do not care.</param>
    /// <param name="count">Only the first so many; null for all.</param>
    /// <exception cref="UsageException">Unknown name.</exception>
    /// <exception cref="DatasetException">The samples cannot be had.</exception>
    public static SampleSet Train(DataLocator data, string dataset, int bins, int? count = null) =>
        IsOfEvents(dataset) ? new(data.OpenEvents(dataset).Train(bins, count)) : new(data.LoadTrain(dataset, count));

    /// <summary>The samples to test with.</summary>
    /// <inheritdoc cref="Train"/>
    public static SampleSet Test(DataLocator data, string dataset, int bins, int? count = null) =>
        IsOfEvents(dataset) ? new(data.OpenEvents(dataset).Test(bins, count)) : new(data.LoadTest(dataset, count));

    /// <summary>One fold of a cross-validation over all recordings of events, those for training and those for tests alike.</summary>
    /// <param name="data">Where data sets lie.</param>
    /// <param name="dataset">A data set of recordings.</param>
    /// <param name="bins">Into how many frames they are binned.</param>
    /// <param name="fold">Which fold, 0 to <paramref name="folds"/> - 1.</param>
    /// <param name="folds">How many there are.</param>
    /// <param name="seed">Another seed makes other folds.</param>
    /// <exception cref="UsageException">Unknown name, a data set of images, or no such fold.</exception>
    /// <exception cref="DatasetException">The recordings cannot be had.</exception>
    public static (SampleSet Train, SampleSet Test) Fold(DataLocator data, string dataset, int bins, int fold, int folds, ulong seed)
    {
        if (!IsOfEvents(dataset))
            throw new UsageException($"folds are for recordings of events ({string.Join(", ", DataLocator.EventDatasets)}); {dataset} has images, with a test part of their own");
        var events = data.OpenEvents(dataset);
        var all = events.Train(bins).Concat(events.Test(bins));
        if (folds < 2 || folds > all.Count || fold < 0 || fold >= folds)
            throw new UsageException($"fold {fold} of {folds}: {dataset} has {all.Count} recordings; give 2 to {all.Count} folds, counted from 0");
        var (train, test) = Folds.Split(all.Count, folds, seed)[fold];
        return (new(all.Select(train)), new(all.Select(test)));
    }

    /// <summary>The rates of a sample's inputs: what a network without time is given, and what spike trains of images are drawn from.</summary>
    /// <param name="sample">0..Count-1.</param>
    /// <param name="rates">[Inputs], filled with 0..1: gray levels in 255ths, or the part of the frames in which the input has an event.</param>
    /// <exception cref="ArgumentException">No such sample, or another number of inputs.</exception>
    public void Rates(int sample, Span<float> rates)
    {
        if (Frames is not null)
        {
            Frames.Means(sample, rates);
            return;
        }
        var pixels = Images!.Image(sample);
        if (rates.Length != pixels.Length) throw new ArgumentException($"{pixels.Length} inputs have {pixels.Length} rates, not {rates.Length}", nameof(rates));
        for (int p = 0; p < pixels.Length; p++) rates[p] = pixels[p] / 255f;
    }

    private static bool IsOfEvents(string dataset)
    {
        if (!Datasets.Contains(dataset)) throw new UsageException($"--dataset {dataset}: unknown; known are {string.Join(", ", Datasets)}");
        return DataLocator.EventDatasets.Contains(dataset);
    }
}
