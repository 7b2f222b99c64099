using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorSnn.Cli.Tests;

/// <summary>Chromium without a window, spoken to through its DevTools protocol.</summary>
internal sealed class Browser : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _profile = Directory.CreateTempSubdirectory("actorsnn-browser-").FullName;
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _patience = new(Patience);
    private readonly List<JsonObject> _events = [];
    private int _last;

    private Browser()
    {
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--hide-scrollbars", $"--user-data-dir={_profile}", "--remote-debugging-port=0", "about:blank",
        ];
        _process = Process.Start(new ProcessStartInfo(Program!, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _ = _process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>The program; null when there is none.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(directory => (string[])[Path.Combine(directory, "chromium"), Path.Combine(directory, "chromium-browser"), Path.Combine(directory, "google-chrome")])
        .FirstOrDefault(File.Exists);

    /// <summary>What the page did since it was opened: (kind of event, its parameters).</summary>
    public IEnumerable<(string Method, JsonObject Parameters)> Events => _events.Select(e => ((string)e["method"]!, e["params"]!.AsObject()));

    public static async Task<Browser> Start()
    {
        var browser = new Browser();
        try
        {
            await browser.Connect();
            return browser;
        }
        catch
        {
            browser.Dispose();
            throw;
        }
    }

    /// <summary>Opens a page and waits until it is loaded.</summary>
    public async Task Open(string file, int width, int height, bool dark)
    {
        _events.Clear();
        await Call("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = width < 600 });
        await Call("Emulation.setEmulatedMedia", new JsonObject
        {
            ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" }),
        });
        await Call("Page.navigate", new JsonObject { ["url"] = new Uri(file).AbsoluteUri });
        while (!_events.Any(e => (string)e["method"]! == "Page.loadEventFired")) await Receive();
    }

    /// <summary>The value of an expression.</summary>
    public async Task<JsonNode?> Evaluate(string expression)
    {
        var result = await Call("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true });
        Assert.True(result["exceptionDetails"] is null, result.ToJsonString());
        return result["result"]!["value"];
    }

    public void Dispose()
    {
        _socket.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _patience.Dispose();
        for (int attempt = 0; attempt < 5; attempt++)
        {
            try
            {
                Directory.Delete(_profile, recursive: true);
                return;
            }
            catch (IOException)
            {
                // A helper process may still be writing.
            }
        }
    }

    private async Task Connect()
    {
        const string Announcement = "DevTools listening on ws://";
        string? line;
        do
        {
            line = await _process.StandardError.ReadLineAsync(_patience.Token);
        }
        while (line is not null && !line.StartsWith(Announcement));
        Assert.True(line is not null, "chromium ended before it could be spoken to");
        _ = _process.StandardError.ReadToEndAsync(); // or the pipe fills
        string host = line[Announcement.Length..line.IndexOf('/', Announcement.Length)];
        using var http = new HttpClient();
        var pages = await http.GetFromJsonAsync<JsonArray>($"http://{host}/json/list", _patience.Token);
        string address = (string)pages!.First(p => (string)p!["type"]! == "page")!["webSocketDebuggerUrl"]!;
        await _socket.ConnectAsync(new Uri(address), _patience.Token);
        foreach (string domain in (string[])["Page", "Runtime", "Log", "Network"]) await Call($"{domain}.enable");
    }

    private async Task<JsonObject> Call(string method, JsonObject? parameters = null)
    {
        int id = ++_last;
        var call = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(call), WebSocketMessageType.Text, endOfMessage: true, _patience.Token);
        while (true)
        {
            var message = await Receive();
            if ((int?)message["id"] != id) continue;
            Assert.True(message["error"] is null, $"{method}: {message.ToJsonString()}");
            return message["result"]!.AsObject();
        }
    }

    /// <summary>The next message; events are kept.</summary>
    private async Task<JsonObject> Receive()
    {
        var message = new MemoryStream();
        var buffer = new byte[1 << 16];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), _patience.Token);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        var json = JsonNode.Parse(message.ToArray())!.AsObject();
        if (json["method"] is not null) _events.Add(json);
        return json;
    }
}

/// <summary>A theory about pages in a browser, for which chromium has to be there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = Browser.Program is null ? "needs chromium" : null;
}
