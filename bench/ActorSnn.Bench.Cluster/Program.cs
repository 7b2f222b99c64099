using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using ActorSnn.Bench;
using ActorSnn.Cores;
using ActorSnn.Datasets;
using ActorSnn.Learning.Sbp;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Mesh.Stores;
using ActorSnn.Mesh.Tcp;
using ActorSnn.Networks;
using ActorSnn.Stores;

// What does it cost to run on two nodes of one machine rather than in one process with two threads?
// And: what does a link cost over a bare socket, and checkpoints over a run without?
//   dotnet run -c Release --project bench/ActorSnn.Bench.Cluster -- DATA [ROUNDS] [cuba] [sbp] [link] [checkpoints]
// DATA is a directory with the files of MNIST.
if (args is ["node", var listen, var storePath, var join])
{
    using var node = new TcpNode(
        new TcpNodeOptions { Listen = listen, Join = join.Length > 0 ? [join] : [] }, RunStores.Open(storePath), line => Console.Error.WriteLine($"{listen}: {line}"));
    Console.WriteLine("ready");
    Console.In.ReadLine();
    return;
}
if (args is ["echo", var port])
{
    Echo(int.Parse(port));
    return;
}

string data = args.Length > 0 ? args[0] : ".";
int rounds = args.Length > 1 ? int.Parse(args[1]) : 5;
var parts = args.Skip(2).ToHashSet();
bool Wanted(string part) => parts.Count == 0 || parts.Contains(part);

double pingPong = PingPong();
Console.WriteLine($"ping-pong of 100 bytes between two processes, bare blocking sockets: {pingPong:F1} us there and back");
if (Wanted("cuba")) Compare("cuba, 20,000 neurons, delays of 1.5 ms", BenchmarkNetworks.Cuba(20_000, 1.5, BenchmarkNetworks.DefaultSeed), ticks: 60_000, unitTicks: 10, unit: "ms", exchangesPerUnit: 10.0 / 15);
if (Wanted("sbp")) Compare("sBP 400-400-10 on MNIST", Sbp(), SbpCircuit.TickAfterSamples(12_000), SbpCircuit.TrainingTicks, "sample", SbpCircuit.TrainingTicks);

if (Wanted("link"))
{
    const int Payloads = 20_000;
    const int Bytes = 32 * 1024;
    var times = new SideBySide(rounds, 1)
        .AddReported("bare socket", _ => RawLink.Bare(Payloads, Bytes) / Payloads)
        .AddReported("link", _ => RawLink.Link(Payloads, Bytes) / Payloads)
        .Run();
    Console.WriteLine("32 KB from one thread to another, over loopback");
    times.Print("payload");
    Console.WriteLine($"  link against bare socket: {times.Ratio("link", "bare socket"):F2}");
}
if (Wanted("checkpoints")) Checkpoints();

// Checkpoints as the command writes them: the state is copied between two samples, and written behind the run's back.
void Checkpoints()
{
    const int Every = 5000;
    const int Samples = 4 * Every;
    var network = Sbp();
    string directory = Directory.CreateTempSubdirectory("actorsnn-bench-").FullName;
    using var store = RunStores.Open($"dir:{directory}");
    var log = new CheckpointLog(store, "run");
    log.Begin([]);
    IMesh Mesh() => new EmbeddedEngine().Build(Placer.Place(network), new MeshOptions(1));
    using var without = Mesh();
    using var with = Mesh();
    long Run(IMesh mesh, bool saved)
    {
        Task writing = Task.CompletedTask;
        long first = (mesh.Tick + 1) / SbpCircuit.TrainingTicks;
        for (int done = 0; done < Samples; done += Every)
        {
            mesh.RunTo((first + done + Every) * SbpCircuit.TrainingTicks - 1);
            if (!saved) continue;
            writing.Wait();
            var state = mesh.Capture();
            writing = Task.Run(() => log.Save(state, []));
        }
        writing.Wait();
        return Samples;
    }
    var times = new SideBySide(rounds, 1)
        .Add("without checkpoints", _ => Run(without, saved: false))
        .Add($"a checkpoint every {Every} samples", _ => Run(with, saved: true))
        .Run();
    Console.WriteLine("sBP 400-400-10 on MNIST, one thread");
    times.Print("sample");
    Console.WriteLine($"  with checkpoints against without: {times.Ratio($"a checkpoint every {Every} samples", "without checkpoints"):F3}");
    Directory.Delete(directory, recursive: true);
}

Network Sbp()
{
    var train = new DataLocator(data).LoadTrain("mnist", null);
    var inputs = SbpEncoding.Encode(train.Pixels, train.Rows, train.Columns, 4);
    return SbpCircuit.Training(SbpWeights.Initialise(inputs.Size, 400, train.Classes, 1), inputs, BitFrames.OneHot(train.Labels, train.Classes), seed: 1);
}

void Compare(string name, Network network, long ticks, int unitTicks, string unit, double exchangesPerUnit)
{
    var placement = Placer.Place(network, new PlacementOptions(Workers: 2));
    long units = ticks / unitTicks;
    using var one = new EmbeddedEngine().Build(placement, new MeshOptions(1));
    using var two = new EmbeddedEngine().Build(placement, new MeshOptions(2));
    using var nodes = new TwoNodes();
    long done = -1;
    long Run(IMesh mesh)
    {
        mesh.RunTo(mesh.Tick + ticks);
        return units;
    }
    var times = new SideBySide(rounds, 1)
        .Add("one process, 1 thread", _ => Run(one))
        .Add("one process, 2 threads", _ => Run(two))
        .AddReported("two nodes, 1 thread each", _ => nodes.Run(network, placement.Cores.Length, ticks, ref done) / units)
        .Run();
    Console.WriteLine($"{name}: {placement.Cores.Length} cores");
    times.Print(unit);
    Console.WriteLine($"  two nodes against one process with two threads: {times.Ratio("two nodes, 1 thread each", "one process, 2 threads"):F2}");
    double exchanges = exchangesPerUnit * pingPong / 2;
    Console.WriteLine(
        $"  {exchangesPerUnit:F2} exchanges a {unit}, each at least half a ping-pong: {exchanges:F1} us; with half the compute of one thread {exchanges + times.Median("one process, 1 thread") / 2:F1} us; "
        + $"measured {times.Median("two nodes, 1 thread each"):F1} us, {times.Median("two nodes, 1 thread each") / (exchanges + times.Median("one process, 1 thread") / 2):F2} times");
}

static double PingPong()
{
    using var listener = new TcpListener(IPAddress.Loopback, 0);
    listener.Start();
    using var other = Start("echo", ((IPEndPoint)listener.LocalEndpoint).Port.ToString());
    using var socket = listener.AcceptSocket();
    socket.NoDelay = true;
    var buffer = new byte[100];
    const int Times = 20_000;
    long start = 0;
    for (int i = -1000; i < Times; i++)
    {
        if (i == 0) start = Stopwatch.GetTimestamp();
        socket.Send(buffer);
        for (int got = 0; got < buffer.Length;) got += socket.Receive(buffer.AsSpan(got));
    }
    double us = Stopwatch.GetElapsedTime(start).TotalMicroseconds / Times;
    socket.Close();
    other.WaitForExit();
    return us;
}

static void Echo(int port)
{
    using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    socket.Connect(IPAddress.Loopback, port);
    var buffer = new byte[65_536];
    while (true)
    {
        int got = socket.Receive(buffer);
        if (got == 0) return;
        socket.Send(buffer.AsSpan(0, got));
    }
}

static Process Start(params string[] arguments)
{
    var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
    if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(TwoNodes).Assembly.Location);
    foreach (string argument in arguments) start.ArgumentList.Add(argument);
    return Process.Start(start)!;
}

/// <summary>Two node processes on this machine.</summary>
internal sealed class TwoNodes : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("actorsnn-bench-").FullName;
    private readonly Process[] _nodes;
    private readonly ClusterClient _client;
    private string? _run;

    public TwoNodes()
    {
        int[] ports = [FreePort(), FreePort()];
        _nodes =
        [
            Launch("node", $"127.0.0.1:{ports[0]}", $"dir:{_directory}", ""),
            Launch("node", $"127.0.0.1:{ports[1]}", $"dir:{_directory}", $"127.0.0.1:{ports[0]}"),
        ];
        foreach (var node in _nodes) node.StandardOutput.ReadLine();
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

    private static Process Launch(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(TwoNodes).Assembly.Location);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
