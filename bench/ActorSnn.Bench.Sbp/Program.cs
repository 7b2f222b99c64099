using ActorSnn.Bench;
using ActorSnn.Bench.Sbp;
using ActorSnn.Cores;
using ActorSnn.Datasets;
using ActorSnn.Learning.Sbp;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Networks;

// What does the full sBP circuit cost on the mesh? Usage: ActorSnn.Bench.Sbp [DATA-DIRECTORY] [ROUNDS] [circuit|scaling]
// Needs the MNIST and Fashion-MNIST files.
string? directory = args.Length > 0 ? args[0] : null;
int rounds = args.Length > 1 ? int.Parse(args[1]) : 15;
const int Samples = 2000;
string? only = args.Length > 2 ? args[2] : null;
var locator = new DataLocator(directory);

if (only is null or "circuit")
{
    Circuit("400-400-10, MNIST 20x20, default placement", locator.LoadTrain("mnist"), crop: 4, hidden: 400, cores: null);
    Circuit("400-400-10, MNIST 20x20, 2 cores", locator.LoadTrain("mnist"), crop: 4, hidden: 400, cores: 2);
}
if (only is null or "scaling")
{
    Scaling("784-2000-10, Fashion-MNIST, 2 cores", locator.LoadTrain("fashion-mnist"), crop: 0, hidden: 2000, cores: 2);
    Scaling("784-2000-10, MNIST 28x28, 2 cores", locator.LoadTrain("mnist"), crop: 0, hidden: 2000, cores: 2);
}

void Circuit(string title, LabelledImages images, int crop, int hidden, int? cores)
{
    var targets = BitFrames.OneHot(images.Labels, 10);
    var inputs = SbpEncoding.Encode(images.Pixels, 28, 28, crop);
    var weights = SbpWeights.Initialise(inputs.Size, hidden, 10, 1);
    var network = SbpCircuit.Training(weights, inputs, targets, seed: 1);
    var order = new SamplePermutation(1, 0, inputs.Count);
    var whole = Placer.Place(network, new PlacementOptions(Cores: 1));
    var placement = Placer.Place(network, new PlacementOptions(cores));
    var loop = new AbstractLoop(weights);
    var straightWhole = new StraightLoop(whole);
    var straight = new StraightLoop(placement);
    using var one = new EmbeddedEngine().Build(placement, new MeshOptions(Threads: 1));
    using var two = new EmbeddedEngine().Build(placement, new MeshOptions(Threads: 2));
    int sample = 0;

    long Abstract(int round)
    {
        for (int i = 0; i < Samples; i++, sample++) loop.Train(inputs[order[sample % inputs.Count]], images.Labels[order[sample % inputs.Count]]);
        return Samples;
    }
    long Straight(StraightLoop loop, int round)
    {
        loop.RunTo(SbpCircuit.TickAfterSamples((round + 1) * Samples));
        return Samples;
    }
    long Mesh(IMesh mesh, int round)
    {
        mesh.RunTo(SbpCircuit.TickAfterSamples((round + 1) * Samples));
        return Samples;
    }

    string n = $"{placement.Cores.Length} cores";
    var run = new SideBySide(rounds, warmups: 4)
        .Add("abstract algorithm, tight loop", Abstract)
        .Add("straight loop over the kernels, 1 core", r => Straight(straightWhole, r))
        .Add($"straight loop over the kernels, {n}", r => Straight(straight, r))
        .Add($"mesh, 1 thread, {n}", r => Mesh(one, r))
        .Add($"mesh, 2 threads, {n}", r => Mesh(two, r))
        .Run();
    Console.WriteLine(title);
    run.Print("sample");
    Console.WriteLine($"  mesh 2 threads / abstract loop:            {run.Ratio($"mesh, 2 threads, {n}", "abstract algorithm, tight loop"):F2}");
    Console.WriteLine($"  mesh 1 thread / straight loop, same cores: {run.Ratio($"mesh, 1 thread, {n}", $"straight loop over the kernels, {n}"):F2}");
    Console.WriteLine($"  mesh 1 thread / straight loop, 1 core:     {run.Ratio($"mesh, 1 thread, {n}", "straight loop over the kernels, 1 core"):F2}");
    bool same = one.Capture().Hash() == two.Capture().Hash() && one.Capture().Hash() == straight.Hash(placement)
        && one.Capture().Hash() == straightWhole.Hash(whole);
    Console.WriteLine($"  same state hash: {same}");
}

void Scaling(string title, LabelledImages images, int crop, int hidden, int cores)
{
    var targets = BitFrames.OneHot(images.Labels, 10);
    var inputs = SbpEncoding.Encode(images.Pixels, 28, 28, crop);
    var weights = SbpWeights.Initialise(inputs.Size, hidden, 10, 1);
    var network = SbpCircuit.Training(weights, inputs, targets, seed: 1);
    var whole = Placer.Place(network, new PlacementOptions(Cores: 1));
    var placement = Placer.Place(network, new PlacementOptions(cores));
    var alone = new StraightLoop(whole);
    StraightLoop[] copies = [new(whole), new(whole)];
    using var one = new EmbeddedEngine().Build(placement, new MeshOptions(Threads: 1));
    using var two = new EmbeddedEngine().Build(placement, new MeshOptions(Threads: 2));
    const int few = Samples / 4;

    long Copies(int round)
    {
        var threads = copies.Select(c => new Thread(() => c.RunTo(SbpCircuit.TickAfterSamples((round + 1) * few)))).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        return 2 * few;
    }
    long Mesh(IMesh mesh, int round)
    {
        mesh.RunTo(SbpCircuit.TickAfterSamples((round + 1) * few));
        return few;
    }

    var run = new SideBySide(rounds, warmups: 4)
        .Add("straight loop, one copy on one thread", r => { alone.RunTo(SbpCircuit.TickAfterSamples((r + 1) * few)); return few; })
        .Add("straight loop, two independent copies on two threads", Copies)
        .Add("mesh, 1 thread", r => Mesh(one, r))
        .Add("mesh, 2 threads", r => Mesh(two, r))
        .Run();
    Console.WriteLine(title);
    run.Print("sample");
    double reachable = run.Ratio("straight loop, one copy on one thread", "straight loop, two independent copies on two threads");
    double reached = run.Ratio("straight loop, one copy on one thread", "mesh, 2 threads");
    Console.WriteLine($"  two independent copies: speed-up {reachable:F2}");
    Console.WriteLine($"  mesh, 2 threads:        speed-up {reached:F2} over the straight loop, {run.Ratio("mesh, 1 thread", "mesh, 2 threads"):F2} over itself on 1 thread");
    Console.WriteLine($"  reached: {reached / reachable:P0} of what two independent copies reach");
}
