using ActorSnn.Datasets;
using ActorSnn.Datasets.Downloads;

namespace ActorSnn.Cli.Output;

/// <summary>How data sets and their download are shown.</summary>
internal abstract class DataReport
{
    /// <summary>Scripts get JSON lines, people text; the quiet of both get the result only.</summary>
    public static DataReport Create(bool json, bool quiet) => json ? new JsonDataReport(quiet) : new TextDataReport(quiet);

    /// <summary>Shows which data sets there are, and what of them is in a data directory.</summary>
    public abstract void Listed(string root, IReadOnlyList<PublicDataset> datasets);

    /// <summary>Shows how a download is doing while it runs.</summary>
    public abstract DownloadResult While(Func<IDownloadObserver, DownloadResult> download);

    /// <summary>Shows what came out of it.</summary>
    /// <param name="result">What is there now.</param>
    /// <param name="seconds">How long it took.</param>
    /// <param name="data">The data directory as it was given; null if it was not.</param>
    public abstract void Got(DownloadResult result, double seconds, string? data);

    /// <summary>What a drawn data set is.</summary>
    protected static string DrawnSummary(string dataset) => $"{(dataset == DataLocator.Synth ? "digits" : "digits and capital letters")} drawn by the program, as many as asked for";

    /// <summary>The word for a state, a stage or a status.</summary>
    protected static string Word(Enum value) => value.ToString().ToLowerInvariant();
}
