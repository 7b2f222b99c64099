namespace ActorSnn.Tests.Shared;

/// <summary>
/// Where the published data sets lie that some tests need: in ACTORSNN_DATA/(name) if that variable is set, else in
/// ../shared/datasets/(name) beside the directory that holds ActorSnn.sln.
/// </summary>
internal static class TestData
{
    private static readonly string[] Files =
        ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

    /// <summary>The directory that holds the four IDX files (plain or .gz) of "mnist" or "fashion-mnist".</summary>
    /// <exception cref="InvalidOperationException">It is not here; mark the test with <see cref="DatasetFactAttribute"/>.</exception>
    public static string Directory(string name) =>
        Find(name) ?? throw new InvalidOperationException($"the {name} files are not here: mark the test [DatasetFact(\"{name}\")]");

    /// <summary>The same, or null where the files are missing.</summary>
    public static string? Find(string name)
    {
        var directory = Path.Combine(Root(), name);
        return Files.Select(file => Path.Combine(directory, file)).All(path => File.Exists(path) || File.Exists(path + ".gz"))
            ? directory
            : null;
    }

    /// <summary>Why a test does not run, or null if it can.</summary>
    internal static string? SkipWithout(string name, bool packed = false) =>
        Find(name) is { } directory && (!packed || Files.All(file => File.Exists(Path.Combine(directory, file + ".gz"))))
            ? null
            : $"needs the {name} files{(packed ? ", packed" : "")}: set ACTORSNN_DATA";

    /// <summary>Where data sets lie, each in a folder of its name.</summary>
    public static string Root()
    {
        if (Environment.GetEnvironmentVariable("ACTORSNN_DATA") is { Length: > 0 } given)
            return given;
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "ActorSnn.sln")))
            directory = directory.Parent;
        return Path.Combine(directory?.Parent?.FullName ?? "", "shared", "datasets");
    }
}
