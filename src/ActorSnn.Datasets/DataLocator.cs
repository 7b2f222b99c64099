using System.Security.Cryptography;

namespace ActorSnn.Datasets;

/// <summary>
/// Finds data sets by name: "synth" (drawn, see <see cref="StrokeDigits"/>; needs no files), "mnist", "fashion-mnist" and the splits of
/// EMNIST ("emnist-digits" and so on), all IDX files under their published names, plain or with .gz.
/// <para>
/// EMNIST stores its images transposed and counts its letters from 1; they are given upright like MNIST's, and counted from 0.
/// </para>
/// <para>
/// Files are looked for in <see cref="Root"/>/(data set) and then in <see cref="Root"/> itself. Nothing is downloaded; that is what
/// <see cref="Downloads.Downloader"/> is for.
/// </para>
/// </summary>
public sealed class DataLocator
{
    /// <summary>Environment variable with the directory to use when none is given: ACTORSNN_DATA.</summary>
    public const string Variable = "ACTORSNN_DATA";

    /// <summary>Name of the drawn data set: synth.</summary>
    public const string Synth = "synth";

    private static readonly ImageSet[] ImageSets =
    [
        new("mnist", 10, "train-", "t10k-"),
        new("fashion-mnist", 10, "train-", "t10k-"),
        Emnist("balanced", 47),
        Emnist("digits", 10),
        Emnist("letters", 26) with { FirstLabel = 1 },
        Emnist("mnist", 10),
        Emnist("byclass", 62),
        Emnist("bymerge", 47),
    ];

    // The first two sets use the same file names, so a directory named wrongly would pass for the other. SHA-256 of the labels.
    private static readonly Dictionary<string, string> LabelsOf = new()
    {
        ["1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13"] = "mnist",
        ["ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5"] = "mnist",
        ["657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7"] = "fashion-mnist",
        ["3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9"] = "fashion-mnist",
    };

    /// <summary>Looks in the directory given, else in the one ACTORSNN_DATA names, else in the user's cache directory.</summary>
    /// <param name="dataDirectory">Null or empty: not given. It need not exist as long as only "synth" is asked for.</param>
    public DataLocator(string? dataDirectory = null) : this(dataDirectory, Environment.GetEnvironmentVariable)
    {
    }

    internal DataLocator(string? dataDirectory, Func<string, string?> environment)
    {
        if (string.IsNullOrEmpty(dataDirectory))
            dataDirectory = environment(Variable);
        if (string.IsNullOrEmpty(dataDirectory))
            dataDirectory = CacheDirectory(environment);
        Root = Path.GetFullPath(dataDirectory);
    }

    /// <summary>The names this class knows.</summary>
    public static IReadOnlyList<string> Datasets { get; } = [Synth, .. ImageSets.Select(set => set.Name)];

    /// <summary>The directory data sets are looked for in, absolute.</summary>
    public string Root { get; }

    /// <summary>Number of classes of a data set; no files are needed.</summary>
    /// <param name="dataset">One of <see cref="Datasets"/>.</param>
    /// <exception cref="DatasetException">Unknown name.</exception>
    public static int ClassesOf(string dataset) => dataset == Synth ? StrokeDigits.Classes : SetOf(dataset).Classes;

    /// <summary>The images to train with.</summary>
    /// <param name="dataset">One of <see cref="Datasets"/>.</param>
    /// <param name="count">Only the first so many; null for all (synth: <see cref="StrokeDigits.DefaultTrain"/>).</param>
    /// <exception cref="DatasetException">Unknown name, missing or bad files, or fewer images than asked for.</exception>
    public LabelledImages LoadTrain(string dataset, int? count = null) =>
        Load(dataset, "training", count, n => StrokeDigits.Train(n ?? StrokeDigits.DefaultTrain));

    /// <summary>The images to test with.</summary>
    /// <param name="dataset">One of <see cref="Datasets"/>.</param>
    /// <param name="count">Only the first so many; null for all (synth: <see cref="StrokeDigits.DefaultTest"/>).</param>
    /// <exception cref="DatasetException">Unknown name, missing or bad files, or fewer images than asked for.</exception>
    public LabelledImages LoadTest(string dataset, int? count = null) =>
        Load(dataset, "test", count, n => StrokeDigits.Test(n ?? StrokeDigits.DefaultTest));

    private LabelledImages Load(string dataset, string part, int? count, Func<int?, LabelledImages> draw)
    {
        var source = dataset == Synth ? null : SetOf(dataset);
        if (count < 1)
            throw new DatasetException($"{count} {part} images of {dataset} asked for; ask for at least 1");
        if (source is null)
        {
            if (count > StrokeDigits.MostImages)
                throw TooMany(dataset, part, count.Value, StrokeDigits.MostImages);
            return draw(count);
        }

        var (images, labels) = Find(source, part);
        var set = IdxFile.Read(dataset, images, labels, source.Classes, source.FirstLabel);
        if (LabelsOf.ContainsValue(dataset) && LabelsOf.TryGetValue(Convert.ToHexStringLower(SHA256.HashData(set.Labels)), out var found)
            && found != dataset)
            throw new DatasetException(
                $"{labels} holds the labels of {found}; the files of {dataset} belong in {Path.Combine(Root, dataset)}");
        if (count > set.Count)
            throw TooMany(dataset, part, count.Value, set.Count);
        set = set.Take(count ?? set.Count);
        return source.IsTransposed ? set.Transposed() : set;
    }

    private static ImageSet SetOf(string dataset) => ImageSets.FirstOrDefault(set => set.Name == dataset)
        ?? throw new DatasetException($"unknown data set \"{dataset}\"; known are {string.Join(", ", Datasets)}");

    private static ImageSet Emnist(string split, int classes) =>
        new($"emnist-{split}", classes, $"emnist-{split}-train-", $"emnist-{split}-test-") { IsTransposed = true };

    private static DatasetException TooMany(string dataset, string part, int count, int present) =>
        new($"{count} {part} images of {dataset} asked for; it has {present}");

    private (string Images, string Labels) Find(ImageSet set, string part)
    {
        var prefix = part == "training" ? set.TrainPrefix : set.TestPrefix;
        string[] files = [prefix + "images-idx3-ubyte", prefix + "labels-idx1-ubyte"];
        string[] places = [Path.Combine(Root, set.Name), Root];
        foreach (var place in places)
        {
            if (FileIn(place, files[0]) is { } images && FileIn(place, files[1]) is { } labels)
                return (images, labels);
        }

        var looked = string.Join(" and in ", places.Select(place =>
            $"{place} (no {string.Join(", no ", files.Where(file => FileIn(place, file) is null))})"));
        throw new DatasetException(
            $"the {part} images of {set.Name} are missing: looked in {looked}; put {files[0]} and {files[1]}, plain or .gz, "
            + $"into {places[0]} (actorsnn data get {set.Name} --data {Root} does), or set {Variable} to the directory that holds {set.Name}");
    }

    private static string? FileIn(string directory, string file)
    {
        var plain = Path.Combine(directory, file);
        return File.Exists(plain) ? plain : File.Exists(plain + ".gz") ? plain + ".gz" : null;
    }

    private static string CacheDirectory(Func<string, string?> environment)
    {
        if (!OperatingSystem.IsLinux())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "actorsnn");
        var cache = environment("XDG_CACHE_HOME"); // to be ignored unless absolute, says the XDG specification
        if (!Path.IsPathRooted(cache))
            cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "actorsnn");
    }

    private sealed record ImageSet(string Name, int Classes, string TrainPrefix, string TestPrefix)
    {
        public int FirstLabel { get; init; }

        public bool IsTransposed { get; init; }
    }
}
