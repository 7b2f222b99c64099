using ActorSnn.Datasets.Native;
using ActorSnn.Tests.Shared;

namespace ActorSnn.Datasets.Tests;

/// <summary>What tests need that may be missing.</summary>
internal static class Needs
{
    /// <summary>Why a test does not run, or null if it can.</summary>
    /// <param name="library">The library it needs; null for none.</param>
    /// <param name="name">What that is called.</param>
    /// <param name="files">The published files it needs, by their places below the directory of the data sets.</param>
    public static string? SkipWithout(SystemLibrary? library, string name, string[] files) =>
        library is { IsInstalled: false } ? $"needs {name}"
        : files.All(file => File.Exists(Path.Combine(TestData.Root(), file))) ? null : $"needs {string.Join(" and ", files)}: set ACTORSNN_DATA";
}

/// <summary>A fact about published files; skipped without them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FileFactAttribute : FactAttribute
{
    public FileFactAttribute(params string[] files) => Skip = Needs.SkipWithout(null, "", files);
}

/// <summary>A fact that needs libhdf5, and perhaps published files; skipped without them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class Hdf5FactAttribute : FactAttribute
{
    public Hdf5FactAttribute(params string[] files) => Skip = Needs.SkipWithout(SystemLibrary.Hdf5, "libhdf5", files);
}

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class Hdf5TheoryAttribute : TheoryAttribute
{
    public Hdf5TheoryAttribute() => Skip = Needs.SkipWithout(SystemLibrary.Hdf5, "libhdf5", []);
}

/// <summary>A fact that needs libturbojpeg, and perhaps published files; skipped without them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class JpegFactAttribute : FactAttribute
{
    public JpegFactAttribute(params string[] files) => Skip = Needs.SkipWithout(SystemLibrary.TurboJpeg, "libturbojpeg", files);
}

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class JpegTheoryAttribute : TheoryAttribute
{
    public JpegTheoryAttribute() => Skip = Needs.SkipWithout(SystemLibrary.TurboJpeg, "libturbojpeg", []);
}
