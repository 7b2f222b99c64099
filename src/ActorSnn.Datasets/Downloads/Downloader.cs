using System.Net;
using System.Net.Http.Headers;

namespace ActorSnn.Datasets.Downloads;

/// <summary>
/// Gets public data sets. A file that is there with the right checksum is left alone. A download goes to FILE.part and takes the place
/// of FILE once its checksum is right; when it is cut off, it is resumed from where it stopped, after a pause or by the next run. Each file
/// is tried from its addresses in turn.
/// </summary>
/// <param name="client">Makes the requests; see <see cref="NewClient"/>.</param>
/// <param name="observer">Told what happens.</param>
/// <param name="mirror">Base address of a mirror to use instead of the published addresses; it has the files as FOLDER/NAME.</param>
public sealed class Downloader(HttpClient client, IDownloadObserver observer, Uri? mirror = null)
{
    /// <summary>After so many failures in a row an address is given up.</summary>
    internal const int MostFailures = 5;

    /// <summary>A failure after so many new bytes counts as the first in a row: a large file over a poor line gets through.</summary>
    internal const int BytesThatCount = 1 << 20;

    /// <summary>A server may be silent for so long.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How pauses are spent.</summary>
    internal Func<TimeSpan, CancellationToken, Task> Pause { get; init; } = Task.Delay;

    /// <summary>A client as the downloader needs it: it sets no limit to the time a download takes and does not unpack what comes.</summary>
    public static HttpClient NewClient()
    {
        var handler = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None, ConnectTimeout = TimeSpan.FromSeconds(20) };
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("actorsnn", typeof(Downloader).Assembly.GetName().Version?.ToString(3)));
        return client;
    }

    /// <summary>Gets all files of a data set and unpacks what has to be unpacked.</summary>
    /// <param name="dataset">What to get.</param>
    /// <param name="root">The data directory; created if it is not there.</param>
    /// <param name="stop">Breaks it off; what has come is kept.</param>
    /// <exception cref="DownloadException">A file cannot be had, is in use by another process, or the disk is full.</exception>
    /// <exception cref="DatasetException">Something else is in the way.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public async Task<DownloadResult> GetAsync(PublicDataset dataset, string root, CancellationToken stop)
    {
        RequireRoom(dataset, root);
        var done = new List<DownloadedFile>();
        void Done(DownloadedFile file)
        {
            done.Add(file);
            observer.Done(file);
        }

        try
        {
            foreach (var file in dataset.Files)
            {
                var members = dataset.Members.Where(m => m.Archive == file.Name).ToList();
                if (members.Count == 0 || !members.All(m => m.IsIn(root))) Done(await GetFileAsync(dataset, file, root, stop));
                foreach (var member in members) Done(Unpack(file, member, root, stop));
            }
        }
        catch (IOException e) when (IsDiskFull(e))
        {
            throw new DownloadException($"no space left in {root}; what has come is kept: make room, then run the command again to go on", e);
        }
        return new DownloadResult(dataset, dataset.DirectoryIn(root), done);
    }

    // A folder of other origin is not ours to remove, and worth to hear of before a gigabyte has come.
    private static void RequireRoom(PublicDataset dataset, string root)
    {
        foreach (var member in dataset.Members.Where(m => m.IsFolder && Directory.Exists(m.PathIn(root)) && !m.IsIn(root)))
            throw new DatasetException(
                $"{member.PathIn(root)} holds {member.CountIn(root):#,0} files, and {dataset.Name} has {member.Files:#,0} there; "
                + "move it away, or choose another directory");
    }

    private async Task<DownloadedFile> GetFileAsync(PublicDataset dataset, PublicFile file, string root, CancellationToken stop)
    {
        string target = file.PathIn(root);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (await PresentAsync(file, target, warn: true, stop) is { } present) return present;
        using var part = PartialFile.Open(target);
        // Another process may have completed it between the look and the lock.
        if (await PresentAsync(file, target, warn: false, stop) is { } completed) return completed;

        var addresses = mirror is null ? file.Addresses : [new Uri($"{mirror.AbsoluteUri.TrimEnd('/')}/{file.Folder}/{file.Name}")];
        var reasons = new List<string>();
        foreach (var address in addresses)
        {
            try
            {
                var digest = await GetFromAsync(address, file, part, stop);
                part.Complete();
                return new DownloadedFile(file.Name, digest.Bytes, digest.Sha256, DownloadStatus.Downloaded);
            }
            catch (AddressFailure failure)
            {
                reasons.Add(failure.Message);
                if (reasons.Count < addresses.Count) observer.Warn($"{file.Name}: {failure.Message}; trying {addresses[reasons.Count]}");
            }
        }

        string wanted = string.Join(", ", dataset.Files.Where(f => !f.IsIn(root)).Select(f => f.Name));
        if (addresses.Count == 0)
            throw new DownloadException($"{file.Name} is published nowhere: put {wanted} into {Path.GetDirectoryName(target)} by hand, or name a mirror that has it");
        throw new DownloadException($"{file.Name} cannot be downloaded: {string.Join("; ", reasons)}; " + (part.Length > 0
            ? $"{part.Length:#,0} bytes are kept in {part.Path}: run the command again to go on from there"
            : $"run the command again later, or put {wanted} into {Path.GetDirectoryName(target)} by hand"));
    }

    // Null unless it is there and right.
    private async Task<DownloadedFile?> PresentAsync(PublicFile file, string target, bool warn, CancellationToken stop)
    {
        if (!File.Exists(target))
            return PlainFile.Of(target) is { } plain ? new DownloadedFile(Path.GetFileName(plain), new FileInfo(plain).Length, null, DownloadStatus.Present) : null;
        await using var stream = FileLock.OpenToRead(target);
        var digest = await FileDigest.ComputeAsync(
            stream, file.Checksum, bytes => observer.Progress(new DownloadProgress(file.Name, DownloadStage.Checking, bytes, stream.Length)), stop);
        if (digest.Checksum == file.Checksum) return new DownloadedFile(file.Name, digest.Bytes, digest.Sha256, DownloadStatus.Present);
        if (warn) observer.Warn($"{target} has the {digest.Checksum}, not {file.Checksum}; it will be replaced");
        return null;
    }

    // Comes back with a file that is right.
    private async Task<FileDigest> GetFromAsync(Uri address, PublicFile file, PartialFile part, CancellationToken stop)
    {
        for (int failures = 0; ;)
        {
            long before = part.Length;
            try
            {
                if (part.Length != file.Bytes) await TransferAsync(address, file, part, stop);
                var digest = await part.DigestAsync(
                    file.Checksum, bytes => observer.Progress(new DownloadProgress(file.Name, DownloadStage.Checking, bytes, part.Length)), stop);
                if (digest.Checksum == file.Checksum) return digest;
                part.Restart();
                throw new AddressFailure($"what {address} gave has the {digest.Checksum}, not {file.Checksum}, and was removed", retry: before > 0);
            }
            catch (AddressFailure failure) when (failure.Retry)
            {
                failures = part.Length - before >= BytesThatCount ? 1 : failures + 1;
                if (failures == MostFailures) throw new AddressFailure($"{failure.Message} ({failures} failures in a row)", retry: false);
                var pause = TimeSpan.FromSeconds(1 << (failures - 1));
                observer.Warn($"{file.Name}: {failure.Message}; going on from byte {part.Length:#,0} in {pause.TotalSeconds:0} s");
                await Pause(pause, stop);
            }
        }
    }

    // Appends what is missing. Returns with a file that is as long as the server says.
    private async Task TransferAsync(Uri address, PublicFile file, PartialFile part, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (part.Length > 0)
        {
            request.Headers.Range = new RangeHeaderValue(part.Length, null);
            if (part.ValidatorFor(address) is { } validator) request.Headers.TryAddWithoutValidation("If-Range", validator);
        }
        using var response = await PatientlyAsync(address, token => client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), stop);
        var range = response.Content.Headers.ContentRange;
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && range?.Length == part.Length) return; // nothing is missing
        bool resumes = response.StatusCode == HttpStatusCode.PartialContent && range?.From == part.Length;
        RequireUsable(address, response, part, resumes);

        long start = resumes ? part.Length : 0;
        long? total = start + response.Content.Headers.ContentLength;
        if (file.Bytes is { } exact && total is not null && total != exact)
            throw new AddressFailure($"{address} offers {total:#,0} bytes, not {exact:#,0}", retry: false);
        if (!resumes)
        {
            if (part.Length > 0) observer.Warn($"{file.Name}: {address} has changed or does not resume; starting over");
            part.Restart();
            part.Remember(address, ValidatorOf(response));
        }

        await using var body = await response.Content.ReadAsStreamAsync(stop);
        var buffer = new byte[1 << 17];
        while (await PatientlyAsync(address, token => body.ReadAsync(buffer, token).AsTask(), stop) is > 0 and var read)
        {
            part.Append(buffer.AsSpan(0, read));
            if (part.Length > file.Bytes)
            {
                part.Restart();
                throw new AddressFailure($"{address} sends more than {file.Bytes:#,0} bytes", retry: false);
            }
            observer.Progress(new DownloadProgress(file.Name, DownloadStage.Downloading, part.Length, file.Bytes ?? total));
        }
        if (part.Length < (file.Bytes ?? total)) throw new AddressFailure($"{address} ended early", retry: true);
    }

    private static void RequireUsable(Uri address, HttpResponseMessage response, PartialFile part, bool resumes)
    {
        if (resumes || response.StatusCode == HttpStatusCode.OK) return;
        int code = (int)response.StatusCode;
        if (response.StatusCode is HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.PartialContent && part.Length > 0)
        {
            long had = part.Length;
            part.Restart();
            throw new AddressFailure($"{address} cannot go on from byte {had:#,0}", retry: true);
        }
        bool passing = code is 408 or 429 or >= 500;
        throw new AddressFailure($"{address} answers {code} ({response.ReasonPhrase})", retry: passing);
    }

    // If-Range takes no weak ETag.
    private static string? ValidatorOf(HttpResponseMessage response) => response.Headers.ETag is { IsWeak: false } tag
        ? tag.Tag
        : response.Content.Headers.LastModified?.ToString("R");

    private async Task<T> PatientlyAsync<T>(Uri address, Func<CancellationToken, Task<T>> ask, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        try
        {
            return await ask(patience.Token);
        }
        catch (OperationCanceledException e) when (e.InnerException is TimeoutException) // the client has none but that for connecting
        {
            throw new AddressFailure($"{address.Host} cannot be reached (no answer)", retry: false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new AddressFailure($"{address} was silent for {Patience.TotalSeconds:0} s", retry: true);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError)
        {
            throw new AddressFailure($"{address.Host} cannot be reached ({e.Message.TrimEnd('.')})", retry: false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new AddressFailure($"{address} was cut off ({e.Message.TrimEnd('.')})", retry: true);
        }
    }

    private DownloadedFile Unpack(PublicFile archive, ArchiveMember member, string root, CancellationToken stop)
    {
        string path = member.PathIn(root);
        bool present = member.IsIn(root);
        if (!present)
        {
            Unpacking.Unpack(archive.PathIn(root), member, root,
                (bytes, total) => observer.Progress(new DownloadProgress(member.Entry, DownloadStage.Unpacking, bytes, total)), stop);
        }
        var files = member.IsFolder
            ? new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories)
            : [new FileInfo(File.Exists(path) ? path : PlainFile.Of(path)!)];
        return new DownloadedFile(member.Entry, files.Sum(f => f.Length), null, present ? DownloadStatus.Present : DownloadStatus.Unpacked);
    }

    private static bool IsDiskFull(IOException e)
    {
        const int LinuxNoSpace = 28;
        const int WindowsDiskFull = 112;
        return OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) == WindowsDiskFull : e.HResult == LinuxNoSpace;
    }
}
