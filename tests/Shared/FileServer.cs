using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ActorSnn.Tests.Shared;

/// <summary>A small HTTP server on this machine that can break off, ignore and refuse as real ones do.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _loop;

    /// <param name="port">0 for any that is free.</param>
    public FileServer(int port = 0)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _loop = Task.Run(AcceptAsync);
    }

    public int Port { get; }

    public Uri Address => new($"http://127.0.0.1:{Port}/");

    /// <summary>What is served, by path without the first slash; anything else is 404.</summary>
    public ConcurrentDictionary<string, ServedFile> Files { get; } = new();

    /// <summary>What was asked for so far.</summary>
    public ConcurrentQueue<Request> Requests { get; } = new();

    public ServedFile Serve(string path, byte[] content, string? etag = null) => Files[path] = new ServedFile(content, etag);

    public void Dispose()
    {
        _end.Cancel();
        _loop.Wait();
        _listener.Stop();
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true) open.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            var request = await ReadAsync(stream);
            Requests.Enqueue(request);
            var file = Files.GetValueOrDefault(request.Path);
            if (file is null) await WriteAsync(stream, "404 Not Found");
            else await AnswerAsync(stream, request, file);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The other side went away, or the test is over.
        }
    }

    private async Task AnswerAsync(NetworkStream stream, Request request, ServedFile file)
    {
        file.Mishaps.TryDequeue(out var mishap);
        if (mishap?.Status is { } status)
        {
            await WriteAsync(stream, status);
            return;
        }
        long start = 0;
        bool same = request.IfRange is null || request.IfRange == file.ETag;
        if (request.Range is { } range && same && !file.IgnoresRange) start = long.Parse(range["bytes=".Length..].TrimEnd('-'));
        if (start >= file.Content.Length)
        {
            await WriteAsync(stream, $"416 Range Not Satisfiable\r\nContent-Range: bytes */{file.Content.Length}");
            return;
        }
        var headers = new StringBuilder(start > 0 ? "HTTP/1.1 206 Partial Content\r\n" : "HTTP/1.1 200 OK\r\n");
        if (start > 0) headers.Append($"Content-Range: bytes {start}-{file.Content.Length - 1}/{file.Content.Length}\r\n");
        if (file.ETag is not null) headers.Append($"ETag: {file.ETag}\r\n");
        if (file.SaysLength) headers.Append($"Content-Length: {file.Content.Length - start}\r\n");
        headers.Append("Connection: close\r\n\r\n");
        var body = file.Content.AsMemory((int)start);
        if (mishap is not null) body = body[..mishap.After];
        await stream.WriteAsync(Encoding.ASCII.GetBytes(headers.ToString()));
        await stream.WriteAsync(body);
        if (mishap is { Stalls: true }) await Task.Delay(Timeout.Infinite, _end.Token);
    }

    private static async Task WriteAsync(NetworkStream stream, string status) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));

    private static async Task<Request> ReadAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        string path = (await reader.ReadLineAsync())!.Split(' ')[1].TrimStart('/');
        string? range = null, ifRange = null;
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            if (line.StartsWith("Range: ")) range = line["Range: ".Length..];
            if (line.StartsWith("If-Range: ")) ifRange = line["If-Range: ".Length..];
        }
        return new Request(path, range, ifRange);
    }

    /// <param name="Path">Without the first slash.</param>
    /// <param name="Range">Value of the header; null if there was none.</param>
    /// <param name="IfRange">Value of the header; null if there was none.</param>
    internal sealed record Request(string Path, string? Range, string? IfRange);

    internal sealed class ServedFile(byte[] content, string? etag)
    {
        public byte[] Content { get; } = content;

        public string? ETag { get; } = etag;

        public bool IgnoresRange { get; init; }

        /// <summary>False: the end of the connection is the end of the file.</summary>
        public bool SaysLength { get; init; } = true;

        /// <summary>What goes wrong with the next requests, one each.</summary>
        internal ConcurrentQueue<Mishap> Mishaps { get; } = new();

        /// <summary>Of a next answer only so many bytes of the body are sent, then the connection ends.</summary>
        public ServedFile CutAfter(int bytes) => Add(new Mishap(bytes));

        /// <summary>Of a next answer only so many bytes of the body are sent, and the connection stays open.</summary>
        public ServedFile StallAfter(int bytes) => Add(new Mishap(bytes, Stalls: true));

        /// <summary>A next answer is this status line.</summary>
        public ServedFile Answer(string status) => Add(new Mishap(Status: status));

        private ServedFile Add(Mishap mishap)
        {
            Mishaps.Enqueue(mishap);
            return this;
        }
    }

    internal sealed record Mishap(int After = 0, bool Stalls = false, string? Status = null);
}
