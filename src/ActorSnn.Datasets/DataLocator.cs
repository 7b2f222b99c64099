using System.Security.Cryptography;

namespace ActorSnn.Datasets;

/// <summary>
/// Finds data sets by name: "synth" (drawn, see <see cref="StrokeDigits"/>; needs no files), "mnist" and "fashion-mnist" (IDX
/// files under their published names, plain or with .gz).
/// <para>
/// Files are looked for in <see cref="Root"/>/(data set) and then in <see cref="Root"/> itself. Nothing is downloaded.
/// </para>
/// </summary>
public sealed class DataLocator
{
    /// <summary>Environment variable with the directory to use when none is given: ACTORSNN_DATA.</summary>
    public const string Variable = "ACTORSNN_DATA";

    /// <summary>Name of the drawn data set: synth.</summary>
    public const string Synth = "synth";

    private static readonly Part Training = new("training", "train-images-idx3-ubyte", "train-labels-idx1-ubyte");
    private static readonly Part Testing = new("test", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte");

    // Both sets use the same file names, so a directory named wrongly would pass for the other. SHA-256 of the labels.
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
    public static IReadOnlyList<string> Datasets { get; } = [Synth, "mnist", "fashion-mnist"];

    /// <summary>The directory data sets are looked for in, absolute.</summary>
    public string Root { get; }

    /// <summary>The images to train with.</summary>
    /// <param name="dataset">One of <see cref="Datasets"/>.</param>
    /// <param name="count">Only the first so many; null for all (synth: <see cref="StrokeDigits.DefaultTrain"/>).</param>
    /// <exception cref="DatasetException">Unknown name, missing or bad files, or fewer images than asked for.</exception>
    public LabelledImages LoadTrain(string dataset, int? count = null) =>
        Load(dataset, Training, count, n => StrokeDigits.Train(n ?? StrokeDigits.DefaultTrain));

    /// <summary>The images to test with.</summary>
    /// <param name="dataset">One of <see cref="Datasets"/>.</param>
    /// <param name="count">Only the first so many; null for all (synth: <see cref="StrokeDigits.DefaultTest"/>).</param>
    /// <exception cref="DatasetException">Unknown name, missing or bad files, or fewer images than asked for.</exception>
    public LabelledImages LoadTest(string dataset, int? count = null) =>
        Load(dataset, Testing, count, n => StrokeDigits.Test(n ?? StrokeDigits.DefaultTest));

    private LabelledImages Load(string dataset, Part part, int? count, Func<int?, LabelledImages> draw)
    {
        if (!Datasets.Contains(dataset))
            throw new DatasetException($"unknown data set \"{dataset}\"; known are {string.Join(", ", Datasets)}");
        if (count < 1)
            throw new DatasetException($"{count} {part.Name} images of {dataset} asked for; ask for at least 1");
        if (dataset == Synth)
        {
            if (count > StrokeDigits.MostImages)
                throw TooMany(dataset, part, count.Value, StrokeDigits.MostImages);
            return draw(count);
        }

        var (images, labels) = Find(dataset, part);
        var set = IdxFile.Read(dataset, images, labels, classes: 10);
        var found = LabelsOf.GetValueOrDefault(Convert.ToHexStringLower(SHA256.HashData(set.Labels)), dataset);
        if (found != dataset)
            throw new DatasetException(
                $"{labels} holds the labels of {found}; the files of {dataset} belong in {Path.Combine(Root, dataset)}");
        if (count > set.Count)
            throw TooMany(dataset, part, count.Value, set.Count);
        return set.Take(count ?? set.Count);
    }

    private static DatasetException TooMany(string dataset, Part part, int count, int present) =>
        new($"{count} {part.Name} images of {dataset} asked for; it has {present}");

    private (string Images, string Labels) Find(string dataset, Part part)
    {
        string[] places = [Path.Combine(Root, dataset), Root];
        foreach (var place in places)
        {
            if (FileIn(place, part.Images) is { } images && FileIn(place, part.Labels) is { } labels)
                return (images, labels);
        }

        var looked = string.Join(" and in ", places.Select(place =>
            $"{place} (no {string.Join(", no ", new[] { part.Images, part.Labels }.Where(file => FileIn(place, file) is null))})"));
        throw new DatasetException(
            $"the {part.Name} images of {dataset} are missing: looked in {looked}; put {part.Images} and {part.Labels}, plain or .gz, "
            + $"into {places[0]}, or set {Variable} to the directory that holds {dataset}");
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

    private sealed record Part(string Name, string Images, string Labels);
}
