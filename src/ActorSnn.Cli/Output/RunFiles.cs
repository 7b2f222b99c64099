using ActorSnn.Cli.Commands;
using ActorSnn.Cli.Systems;
using ActorSnn.Networks;
using ActorSnn.Reports;

namespace ActorSnn.Cli.Output;

/// <summary>The files a run writes beside its result: a report and a recording.</summary>
/// <param name="Report">The report's file; null for none.</param>
/// <param name="Record">The recording's directory; null for none.</param>
internal sealed record RunFiles(string? Report, string? Record)
{
    public bool Any => Report is not null || Record is not null;

    /// <summary>Makes sure, before a long run, that both can be written and that nothing else would be lost.</summary>
    /// <exception cref="UsageException">They cannot, or something else is there.</exception>
    public void Require()
    {
        if (Report is not null) Check(Options.ReportName, Report, HtmlReport.RequireReplaceable);
        if (Record is not null) Check(Options.RecordName, Record, RecordingDirectory.RequireReplaceable);
    }

    /// <summary>Makes sure that a file that was asked for can be written.</summary>
    /// <exception cref="UsageException">It cannot.</exception>
    public static void Check(string option, string path, Action<string> require)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new UsageException($"{option} is empty; give a name");
        try
        {
            require(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException($"{option} {e.Message}");
        }
    }

    /// <summary>Writes what was asked for and shows the result, which is not lost when the files cannot be written after all.</summary>
    /// <exception cref="IOException">They cannot.</exception>
    public static void Finish(RunResult result, RunFiles files, Action<RunResult> show)
    {
        if (result.Details is { } details)
        {
            try
            {
                files.Write(details.Showing.Recording, () => ReportPages.OfRun(result, details));
            }
            catch
            {
                show(result);
                throw;
            }
        }
        show(result with { Report = files.Report, Record = files.Record });
    }

    /// <summary>Writes what was asked for.</summary>
    /// <exception cref="IOException">It cannot be written after all.</exception>
    public void Write(Recording recording, Func<HtmlReport> report)
    {
        if (Record is not null) RecordingDirectory.Save(Record, recording);
        if (Report is not null) report().Save(Report);
    }
}
