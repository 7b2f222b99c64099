using System.Diagnostics;
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
    Console.WriteLine(listen);
    Console.In.ReadLine();
    return;
}
if (args is ["echo", var port])
{
    BarePingPong.Echo(int.Parse(port));
    return;
}

string data = args.Length > 0 ? args[0] : ".";
int rounds = args.Length > 1 ? int.Parse(args[1]) : 5;
var parts = args.Skip(2).ToHashSet();
bool Wanted(string part) => parts.Count == 0 || parts.Contains(part);

double pingPong;
using (var pairs = new BarePingPong(100, "echo")) pingPong = pairs.Run(20_000).Average();
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
    using var nodes = new TwoNodes("node");
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
