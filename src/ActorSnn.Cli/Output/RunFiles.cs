using ActorSnn.Cli.Simulations;
using ActorSnn.Cli.Systems;
using ActorSnn.Networks;
using ActorSnn.Reports;

namespace ActorSnn.Cli.Output;

/// <summary>The files a run writes beside its result: a report and a recording.</summary>
/// <param name="Report">The report's file; null for none.</param>
/// <param name="Record">The recording's directory; null for none.</param>
internal sealed record RunFiles(string? Report, string? Record)
{
    public const string ReportOption = "--report";
    public const string RecordOption = "--record";
    public const string SamplesOption = "--record-samples";

    /// <summary>Samples that are recorded and drawn unless told otherwise.</summary>
    public const int UsualSamples = 6;

    /// <summary>Samples to show; null when nothing is to be written that would show them.</summary>
    /// <exception cref="UsageException">Samples were asked for and nothing that would show them.</exception>
    public int? ShownSamples(int? asked)
    {
        if (Report is not null || Record is not null) return asked ?? UsualSamples;
        return asked is null ? null : throw new UsageException($"{SamplesOption} needs {RecordOption} DIR or {ReportOption} FILE.html");
    }

    /// <summary>Makes sure, before a long run, that both can be written and that nothing else would be lost.</summary>
    /// <exception cref="UsageException">They cannot, or something else is there.</exception>
    public void Require()
    {
        if (Report is not null && Record is not null && Path.GetFullPath(Report) == Path.GetFullPath(Record))
            throw new UsageException($"{ReportOption} and {RecordOption} both name {Report}; give two names");
        if (Report is not null) Require(ReportOption, Report, HtmlReport.RequireReplaceable);
        if (Record is not null) Require(RecordOption, Record, RecordingDirectory.RequireReplaceable);
    }

    /// <summary>The same for one file.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="path">The file.</param>
    /// <param name="require">Throws when it cannot be written.</param>
    /// <exception cref="UsageException">It cannot.</exception>
    public static void Require(string option, string path, Action<string> require)
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

    /// <summary>Writes what was asked for.</summary>
    /// <param name="recording">What goes into the recording.</param>
    /// <param name="report">Makes the report; called only when one was asked for.</param>
    /// <exception cref="IOException">It cannot be written after all.</exception>
    public void Write(Recording recording, Func<HtmlReport> report)
    {
        if (Record is not null) RecordingDirectory.Save(Record, recording);
        if (Report is not null) report().Save(Report);
    }

    /// <summary>Writes what was asked for and shows the result, which is not lost when the files cannot be written after all.</summary>
    /// <exception cref="IOException">They cannot.</exception>
    public void Finish(RunResult result, Action<RunResult> show) => Finish(
        () =>
        {
            if (result.Details is not { } details) return;
            if (details.Showing is { } showing) Write(showing.Recording, () => ReportPages.OfRun(result, details));
            else ReportPages.OfRun(result, details).Save(Report!);
        },
        written => show(written ? result with { Report = Report, Record = Record } : result));

    /// <inheritdoc cref="Finish(RunResult, Action{RunResult})"/>
    public void Finish(SimulationResult result, Action<SimulationResult> show) => Finish(
        () =>
        {
            if (result.Recording is { } recording) Write(recording, () => ReportPages.OfSimulation(result));
        },
        written => show(written ? result with { Report = Report, Record = Record } : result));

    private static void Finish(Action write, Action<bool> show)
    {
        try
        {
            write();
        }
        catch
        {
            show(false);
            throw;
        }
        show(true);
    }
}
