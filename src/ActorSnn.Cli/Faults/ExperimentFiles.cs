using ActorSnn.Cli.Output;
using ActorSnn.Networks;
using ActorSnn.Reports;

namespace ActorSnn.Cli.Faults;

/// <summary>The files an experiment leaves: the report, the same as JSON, and the model of a training under faults.</summary>
/// <param name="Report">The report, HTML.</param>
/// <param name="Json">The same as JSON.</param>
/// <param name="Model">The model, unless the command names another file.</param>
internal sealed record ExperimentFiles(string Report, string Json, string Model)
{
    /// <summary>The files of an experiment.</summary>
    /// <param name="scenario">The scenario's file.</param>
    /// <param name="directory">Directory for all of them; null for none.</param>
    /// <param name="report">File of the report, which the others lie beside; null for none.</param>
    public static ExperimentFiles Of(string scenario, string? directory, string? report)
    {
        if (directory is not null && report is not null) throw new UsageException($"--out and {RunFiles.ReportOption} both say where the report goes; give one of them");
        if (directory is not null) return new ExperimentFiles(Path.Combine(directory, "faults.html"), Path.Combine(directory, "faults.json"), Path.Combine(directory, "model.actorsnn"));
        report ??= $"faults-{Path.GetFileNameWithoutExtension(scenario)}.html";
        string stem = Path.Combine(Path.GetDirectoryName(report) ?? "", Path.GetFileNameWithoutExtension(report));
        return new ExperimentFiles(report, $"{stem}.json", $"{stem}.actorsnn");
    }

    /// <summary>Makes sure, before a long run, that they can be written and that nothing else would be lost.</summary>
    /// <param name="makesDirectory">Whether their directory was asked for, and is made where it is missing.</param>
    /// <exception cref="UsageException">They cannot, or something else is there.</exception>
    public void Require(bool makesDirectory)
    {
        RunFiles.Require(makesDirectory ? "--out" : RunFiles.ReportOption, Report, path =>
        {
            if (makesDirectory) Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            HtmlReport.RequireReplaceable(path);
            if (Path.GetFullPath(Json) == Path.GetFullPath(path)) throw new IOException($"{path} cannot be written: the JSON beside it would have the same name; end it with .html");
            AtomicFile.RequireReplaceable(Json, "JSON file", "{");
        });
    }
}
