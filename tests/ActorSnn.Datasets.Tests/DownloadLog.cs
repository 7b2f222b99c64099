using ActorSnn.Datasets.Downloads;

namespace ActorSnn.Datasets.Tests;

/// <summary>Writes down what a downloader tells.</summary>
internal sealed class DownloadLog : IDownloadObserver
{
    public List<DownloadProgress> Steps { get; } = [];

    public List<DownloadedFile> Files { get; } = [];

    public List<string> Warnings { get; } = [];

    public Action<DownloadProgress>? OnProgress { get; set; }

    public void Progress(DownloadProgress progress)
    {
        Steps.Add(progress);
        OnProgress?.Invoke(progress);
    }

    public void Done(DownloadedFile file) => Files.Add(file);

    public void Warn(string message) => Warnings.Add(message);
}
