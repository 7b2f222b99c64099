using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Stores;
using ActorSnn.Mesh.Tcp;
using ActorSnn.Networks;

namespace ActorSnn.Bench;

/// <summary>Two node processes on this machine.</summary>
internal sealed class TwoNodes : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("actorsnn-bench-").FullName;
    private readonly Process[] _nodes;
    private readonly ClusterClient _client;
    private string? _run;

    /// <summary>Starts them, and waits until they know each other.</summary>
    /// <param name="node">
    /// Arguments that make a node of this program. Where it listens, its store, and the address of the node to join, empty for none, come behind them. Its first line says how it is joined; it lives until it is killed.
    /// </param>
    public TwoNodes(params string[] node)
    {
        int[] ports = [FreePort(), FreePort()];
        var first = OwnProcess.Start([.. node, $"127.0.0.1:{ports[0]}", $"dir:{_directory}", ""]);
        string join = first.StandardOutput.ReadLine() ?? throw new InvalidOperationException("a node has ended");
        var second = OwnProcess.Start([.. node, $"127.0.0.1:{ports[1]}", $"dir:{_directory}", join]);
        second.StandardOutput.ReadLine();
        _nodes = [first, second];
        _client = new ClusterClient(ports.Select(p => $"127.0.0.1:{p}"));
        while (_client.Status().Nodes.Length < 2) Thread.Sleep(50);
        Thread.Sleep(500);
    }

    /// <summary>Runs some ticks more and returns the microseconds they took, from the cluster's own clock.</summary>
    public double Run(Network network, int cores, long ticks, ref long done)
    {
        if (_run is null)
        {
            var plan = new RunPlan { LastTick = ticks, FirstCheckpoint = long.MaxValue / 4, CheckpointEvery = long.MaxValue / 4, Cores = cores, Threads = 1, IsOpen = true };
            _run = _client.Submit("bench", plan, NetworkBytes.Write(network));
            Await(ticks);
            done = ticks;
        }
        long start = Stopwatch.GetTimestamp();
        done += ticks;
        _client.Extend(_run, done);
        Await(done);
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    public void Dispose()
    {
        _client.Dispose();
        foreach (var node in _nodes)
        {
            node.Kill();
            node.WaitForExit();
        }
        Directory.Delete(_directory, recursive: true);
    }

    private void Await(long tick)
    {
        while (_client.Run(_run!).Progress is var progress && progress.CommittedTick < tick)
        {
            if (progress.Status == RunStatus.Failed) throw new InvalidOperationException(progress.ToString());
            Thread.Sleep(5);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
