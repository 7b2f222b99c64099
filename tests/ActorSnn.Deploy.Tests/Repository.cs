namespace ActorSnn.Deploy.Tests;

/// <summary>The files of the repository, named from its root.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string At(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(At(path));

    public static string[] Lines(string path) => File.ReadAllLines(At(path));

    /// <summary>Files below a directory that a pattern matches, but for those that are made for trying out.</summary>
    public static IEnumerable<string> Files(string directory, string pattern) => Directory.EnumerateFiles(At(directory), pattern, SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/')).Where(file => !file.Contains("/secrets/")).Order(StringComparer.Ordinal);

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "ActorSnn.sln"))) directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("these tests read files of the repository: no directory above them holds ActorSnn.sln");
    }
}
