namespace ActorSnn.Networks.Tests;

/// <summary>Files of the documentation.</summary>
internal static class Docs
{
    public static string At(params string[] path) => Path.Combine([Root(), "docs", .. path]);

    public static IEnumerable<string> Examples => Directory.GetFiles(At("examples"), "*.json").Order(StringComparer.Ordinal);

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "ActorSnn.sln"))) directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("no directory above holds ActorSnn.sln");
    }
}
