using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorSnn.Cli.Clusters;

/// <summary>Node processes of this machine, started and ended by this one. They leave when this process ends, however it does.</summary>
internal sealed class LocalCluster : IDisposable
{
    private const int MsToLeave = 5000;

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
            node.Name = node.Listening.Task.GetAwaiter().GetResult() ?? throw new UsageException($"node {i + 1} has not started: {node.LastError}");
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
        string[] others = [.. _nodes.Where(n => n != node && n.Name.Length > 0).Select(n => n.Name)];
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
            _observer.NodeEnded(node.Name, process.Id, process.ExitCode);
            if (!_restarts || process.ExitCode == ExitCode.Done) return;
            Start(node, node.Name);
            _observer.NodeRestarted(node.Name, node.Process.Id);
        }
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

        public Process Process { get; set; } = null!;

        public string LastError { get; private set; } = "no reason is known";

        /// <summary>Its name, once it listens; null when it has ended before.</summary>
        public TaskCompletionSource<string?> Listening { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Take(string? line)
        {
            if (line is null) return;
            Write(line);
            if (Listening.Task.IsCompleted) return;
            try
            {
                var json = JsonNode.Parse(line);
                if (json?["event"]?.GetValue<string>() == "node") Listening.TrySetResult(json["name"]!.GetValue<string>());
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
