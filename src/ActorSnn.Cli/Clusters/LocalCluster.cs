using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorSnn.Mesh.Tcp;

namespace ActorSnn.Cli.Clusters;

/// <summary>Node processes of this machine, started and ended by this one. They leave when this process ends, however it does.</summary>
internal sealed class LocalCluster : IDisposable
{
    private const int MsToLeave = 10_000;
    private const int MsToJoin = 60_000;
    private const int MsBetweenLooks = 50;

    private readonly List<LocalNode> _nodes = [];
    private readonly IReadOnlyList<string> _options;
    private readonly string _directory;
    private readonly ILocalClusterObserver _observer;
    private readonly bool _restarts;
    private readonly object _gate = new();
    private bool _isEnding;

    /// <summary>Prepares a cluster; nothing is started yet.</summary>
    /// <param name="options">Options of every node, beside where it listens and whom it joins.</param>
    /// <param name="directory">Where the nodes' logs go.</param>
    /// <param name="restarts">Whether a node that ends is started again.</param>
    /// <param name="observer">Is told when a node ends or is started again, on any thread.</param>
    public LocalCluster(IReadOnlyList<string> options, string directory, bool restarts, ILocalClusterObserver observer)
    {
        (_options, _directory, _restarts, _observer) = (options, directory, restarts, observer);
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    /// <summary>Names of the nodes: where they listen.</summary>
    public IReadOnlyList<string> Names => [.. _nodes.Select(n => n.Name)];

    /// <summary>Names and process ids.</summary>
    public IReadOnlyList<(string Name, int ProcessId)> Nodes => [.. _nodes.Select(n => (n.Name, n.Process.Id))];

    /// <summary>Starts nodes, one after the other; each joins the first.</summary>
    /// <exception cref="UsageException">A node has ended at once: its own line says why.</exception>
    public void Start(int nodes, CancellationToken stop)
    {
        for (int i = 0; i < nodes; i++)
        {
            stop.ThrowIfCancellationRequested();
            var node = new LocalNode(i + 1, Path.Combine(_directory, $"node-{i + 1}.log"));
            lock (_gate) _nodes.Add(node);
            Start(node, "127.0.0.1:0");
            (node.Name, node.JoinAddress) = node.Listening.Task.GetAwaiter().GetResult() ?? throw new UsageException($"node {i + 1} has not started: {node.LastError}");
        }
    }

    /// <summary>Waits until all nodes know each other.</summary>
    /// <exception cref="ClusterException">That takes too long.</exception>
    public void WaitUntilJoined(CancellationToken stop)
    {
        using var client = new ClusterClient(Names, new ProtectionSettings().ToOptions());
        long until = Environment.TickCount64 + MsToJoin;
        while (client.Status().Nodes.Count(n => n.IsReady) < _nodes.Count)
        {
            stop.ThrowIfCancellationRequested();
            if (Environment.TickCount64 > until) throw new ClusterException($"after {MsToJoin / 1000} s not all nodes have joined");
            stop.WaitHandle.WaitOne(MsBetweenLooks);
        }
    }

    /// <summary>Kills a node, as by <c>kill -9</c>. One that is not running stays so, unless it is to be started again.</summary>
    /// <param name="index">Which node.</param>
    /// <param name="startsAgain">Whether it is started again.</param>
    public void Kill(int index, bool startsAgain)
    {
        lock (_gate)
        {
            var node = _nodes[index];
            if (_isEnding) return;
            if (node.IsDown)
            {
                if (startsAgain) StartAgain(node);
                return;
            }
            node.StartsAgain |= startsAgain;
            node.Process.Kill();
        }
    }

    /// <summary>Stops a node's process for a while.</summary>
    /// <param name="index">Which node.</param>
    /// <param name="seconds">How long.</param>
    /// <exception cref="PlatformNotSupportedException">The system cannot do that.</exception>
    public void Freeze(int index, double seconds)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("Windows cannot stop a process for a while");
        lock (_gate)
        {
            var node = _nodes[index];
            if (_isEnding || node.IsDown) return;
            Signal(node, "STOP");
            node.Thaw?.Dispose();
            node.Thaw = new Timer(_ => Thaw(node), null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Lets the nodes leave, and waits until they have.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        End();
        foreach (var node in _nodes)
        {
            if (node.Process is not { } process) continue;
            if (!process.WaitForExit(MsToLeave)) process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }

    private void Start(LocalNode node, string listen)
    {
        var info = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // Started as a library, the process is dotnet.
        if (Path.GetFileNameWithoutExtension(info.FileName) == "dotnet") info.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        foreach (string word in (string[])["node", "--listen", listen, "--json", "--until-input-ends", .. _options]) info.ArgumentList.Add(word);
        string[] others = [.. _nodes.Where(n => n != node && n.Name.Length > 0).Select(n => n.JoinAddress)];
        if (others.Length > 0)
        {
            info.ArgumentList.Add("--join");
            info.ArgumentList.Add(string.Join(',', others));
        }
        var process = new Process { StartInfo = info, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => node.Take(line.Data);
        process.ErrorDataReceived += (_, line) => node.TakeError(line.Data);
        process.Exited += (_, _) => Ended(node, process);
        node.Process = process;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private void Ended(LocalNode node, Process process)
    {
        lock (_gate)
        {
            if (_isEnding) return;
            if (!node.Listening.Task.IsCompleted)
            {
                // Its last words may still be under way.
                process.WaitForExit();
                node.Listening.TrySetResult(null);
                return;
            }
            bool isWanted = _restarts || node.StartsAgain;
            (node.IsDown, node.StartsAgain) = (true, false);
            _observer.NodeEnded(node.Name, process.Id, process.ExitCode);
            if (isWanted && process.ExitCode != ExitCode.Done) StartAgain(node);
        }
    }

    private void StartAgain(LocalNode node)
    {
        node.IsDown = false;
        Start(node, node.Name);
        _observer.NodeRestarted(node.Name, node.Process.Id);
    }

    private void Thaw(LocalNode node)
    {
        lock (_gate)
        {
            if (node.Thaw is null) return;
            node.Thaw.Dispose();
            node.Thaw = null;
            if (!node.IsDown) Signal(node, "CONT");
        }
    }

    private static void Signal(LocalNode node, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{node.Process.Id}"]);
        kill.WaitForExit();
    }

    private void OnExit(object? sender, EventArgs e) => End();

    /// <summary>The nodes read their input, and leave when there is no more.</summary>
    private void End()
    {
        lock (_gate)
        {
            _isEnding = true;
            foreach (var node in _nodes)
            {
                Thaw(node);
                try
                {
                    node.Process?.StandardInput.Close();
                }
                catch (Exception e) when (e is IOException or InvalidOperationException)
                {
                    // It has ended by itself, or never begun.
                }
            }
        }
    }

    /// <summary>A node's process, and its log.</summary>
    private sealed class LocalNode(int number, string log)
    {
        public int Number { get; } = number;

        public string Name { get; set; } = "";

        /// <summary>Where others join it.</summary>
        public string JoinAddress { get; set; } = "";

        public Process Process { get; set; } = null!;

        /// <summary>Whether its process has ended and no other was started.</summary>
        public bool IsDown { get; set; }

        /// <summary>Whether it is to be started again when its process ends.</summary>
        public bool StartsAgain { get; set; }

        /// <summary>Continues its process; null when that is not stopped.</summary>
        public Timer? Thaw { get; set; }

        public string LastError { get; private set; } = "no reason is known";

        /// <summary>Its name and where others join it, once it listens; null when it has ended before.</summary>
        public TaskCompletionSource<(string Name, string JoinAddress)?> Listening { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Take(string? line)
        {
            if (line is null) return;
            Write(line);
            try
            {
                var json = JsonNode.Parse(line);
                if (json?["event"]?.GetValue<string>() != "node") return;
                var addresses = (Name: json["name"]!.GetValue<string>(), JoinAddress: json["join"]!.GetValue<string>());
                // Started again, it may be joined elsewhere.
                if (!Listening.TrySetResult(addresses)) JoinAddress = addresses.JoinAddress;
            }
            catch (JsonException)
            {
                // Not a line of the node's.
            }
        }

        public void TakeError(string? line)
        {
            if (line is null) return;
            LastError = line;
            Write(line);
        }

        private void Write(string line)
        {
            try
            {
                lock (this) File.AppendAllText(log, line + "\n");
            }
            catch (IOException)
            {
                // A log that cannot be written stops no run.
            }
        }
    }
}

/// <summary>Who wants to know what becomes of local nodes. Called on any thread.</summary>
internal interface ILocalClusterObserver
{
    /// <summary>A node has ended, and not because the cluster does.</summary>
    void NodeEnded(string name, int processId, int exitCode);

    /// <summary>A node has been started again.</summary>
    void NodeRestarted(string name, int processId);
}
