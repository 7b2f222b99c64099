using System.Globalization;

namespace ActorSnn.Datasets.Events;

/// <summary>
/// Labelled recordings of an event camera in the layout of N-MNIST: Train/(class)/(number).bin and Test/(class)/(number).bin, in a directory or in .zip or .tar.gz archives,
/// in any order. Recordings are given in the order of their numbers, which in N-MNIST are the places of the images in MNIST, counted from 1.
/// <para>
/// Archives are read where they lie, twice: once for the names. A recording is forgotten as soon as it is binned.
/// </para>
/// </summary>
public sealed class EventDataset
{
    /// <summary>Width and height of N-MNIST's sensor area in pixels.</summary>
    public const int NmnistSide = 34;

    /// <summary>How long a recording of N-MNIST lasts, in microseconds; the last events come a few microseconds later.</summary>
    public const int NmnistDurationUs = 336_000;

    private readonly FileBundle _train;
    private readonly FileBundle _test;

    private EventDataset(string name, FileBundle train, FileBundle test) => (Name, _train, _test) = (name, train, test);

    /// <summary>What the set is called in messages and reports.</summary>
    public string Name { get; }

    /// <summary>Width of the sensor in pixels.</summary>
    public int Width => NmnistSide;

    /// <summary>Height of the sensor in pixels.</summary>
    public int Height => NmnistSide;

    /// <summary>Inputs of a network: one a pixel and polarity.</summary>
    public int Inputs => EventFrames.InputsOf(Width, Height);

    /// <summary>What the time bins are parts of, in microseconds.</summary>
    public int DurationUs => NmnistDurationUs;

    /// <summary>Number of classes.</summary>
    public int Classes => 10;

    /// <summary>N-MNIST, or a part of it in its layout. Recordings are read when they are asked for.</summary>
    /// <param name="train">The directory or archive that has the folder Train.</param>
    /// <param name="test">The directory or archive that has the folder Test; may be the same.</param>
    /// <exception cref="DatasetException">One of them is missing, or neither a directory nor an archive.</exception>
    public static EventDataset Nmnist(string train, string test) => new("nmnist", FileBundle.Open(train), FileBundle.Open(test));

    /// <summary>Reads and bins the recordings to train with.</summary>
    /// <param name="bins">Time bins of a recording, at least 1.</param>
    /// <param name="count">Only the first so many; null for all.</param>
    /// <exception cref="DatasetException">There are none, fewer than asked for, or one that is malformed or cannot be read.</exception>
    public EventFrames Train(int bins, int? count = null) => Bin(_train, "Train", "training", bins, count);

    /// <summary>Reads and bins the recordings to test with.</summary>
    /// <inheritdoc cref="Train"/>
    public EventFrames Test(int bins, int? count = null) => Bin(_test, "Test", "test", bins, count);

    private EventFrames Bin(FileBundle bundle, string folder, string part, int bins, int? count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        if (count < 1)
            throw new DatasetException($"{count} {part} recordings of {Name} asked for; ask for at least 1");
        var files = Find(bundle, folder, part);
        if (count > files.Count)
            throw new DatasetException($"{count} {part} recordings of {Name} asked for; {bundle.Path} has {files.Count}");
        if (count is { } first)
            files.RemoveRange(first, files.Count - first);

        int size = bins * EventFrames.WordsOf(Width, Height);
        if ((long)files.Count * size > Array.MaxLength)
            throw new DatasetException($"{files.Count} {part} recordings of {Name} in {bins} bins each are more than memory can hold; ask for fewer");
        var words = new ulong[files.Count * size];
        var places = files.Select((file, n) => (file.Name, n)).ToDictionary(file => file.Name, file => file.n);
        bundle.Read(folder, places.ContainsKey, (name, content) =>
        {
            var recording = EventFile.Read(content, bundle.Describe(name), Width, Height);
            EventFrames.Bin(recording, Width, Height, DurationUs, bins, words.AsSpan(places[name] * size, size));
        });
        return new EventFrames(Name, Width, Height, bins, words, [.. files.Select(file => file.Label)], Classes);
    }

    private List<RecordingFile> Find(FileBundle bundle, string folder, string part)
    {
        var byNumber = new SortedDictionary<int, RecordingFile>();
        foreach (string name in bundle.NamesIn(folder))
        {
            var path = name.Split('/');
            if (path is not [.., var above, var label, var file] || above != folder || !file.EndsWith(".bin", StringComparison.Ordinal) || file[0] == '.')
                continue; // what archivers and desktops leave behind
            if (!IsNumber(label, out int digit) || digit >= Classes)
                throw new DatasetException($"{bundle.Describe(name)}: \"{label}\" is no class; recordings lie in {folder}/0 to {folder}/{Classes - 1}");
            if (!IsNumber(file[..^4], out int number))
                throw new DatasetException($"{bundle.Describe(name)}: the name of a recording is its number, as in 00001.bin");
            if (!byNumber.TryAdd(number, new RecordingFile(name, (byte)digit)))
                throw new DatasetException($"{bundle.Path} holds recording {number} twice: {byNumber[number].Name} and {name}");
        }
        if (byNumber.Count == 0)
            throw new DatasetException($"the {part} recordings of {Name} are missing: {bundle.Path} holds no {folder}/(class)/(number).bin");
        return [.. byNumber.Values];
    }

    private static bool IsNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private sealed record RecordingFile(string Name, byte Label);
}
