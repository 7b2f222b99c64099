using ActorSnn.Bench;
using ActorSnn.Cores;
using ActorSnn.Datasets;
using ActorSnn.Learning;
using ActorSnn.Learning.SsnnBp;
using ActorSnn.Learning.Tests.Reference;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Networks;

// What does SSNN-BP cost on the mesh, beside a plain program of one thread that does the same? Usage: ActorSnn.Bench.SsnnBp [DATA-DIRECTORY] [ROUNDS] [CORES]
// Needs the MNIST files. 784-256-10, train length 32.
string? directory = args.Length > 0 ? args[0] : null;
int rounds = args.Length > 1 ? int.Parse(args[1]) : 9;
int? cores = args.Length > 2 ? int.Parse(args[2]) : null;
const int Samples = 400;
const int Epochs = 15;
var images = new DataLocator(directory).LoadTrain("mnist");
var inputs = SsnnBpInputs.Intensities(new IntensityFrames(images.Count, 784, images.Pixels));

var inPlace = new SsnnBpOptions { Rate = new RateSchedule(0.1, Epochs) };
var windows = inPlace with { Window = 32 };
var initial = LayerWeights.Initialise([784, .. inPlace.Hidden, 10], seed: 1);
var reference = new SsnnBpReference(
    new SsnnBpReferenceOptions { Sizes = [784, 256, 10], Rate = 0.1, Factors = [.. Enumerable.Range(0, Epochs).Select(p => inPlace.Rate.FactorOf(p))] }, [initial.Weights(1), initial.Weights(2)], [initial.Biases(1), initial.Biases(2)]);

IMesh MeshOf(SsnnBpOptions options, int threads)
{
    var network = SsnnBpCircuit.Training(initial, inputs, images.Labels, options, seed: 1);
    return new EmbeddedEngine().Build(Placer.Place(network, new PlacementOptions(threads == 1 ? 1 : cores, Workers: threads)), new MeshOptions(threads));
}

using var one = MeshOf(inPlace, 1);
using var two = MeshOf(inPlace, 2);
using var oneWindow = MeshOf(windows, 1);
using var twoWindows = MeshOf(windows, 2);

long Run(IMesh mesh, SsnnBpOptions options, int round)
{
    mesh.RunTo(SsnnBpCircuit.TickAfterSamples(options, (round + 1) * Samples));
    return Samples;
}

const string Plain = "plain reference, 1 thread";
var run = new SideBySide(rounds, warmups: 3)
    .Add(Plain, round =>
    {
        reference.Train(images.Pixels, images.Labels, Samples, shuffled: true);
        return Samples;
    })
    .Add("mesh, 1 thread, 1 core", round => Run(one, inPlace, round))
    .Add("mesh, 2 threads", round => Run(two, inPlace, round))
    .Add("mesh, windows of 32, 1 thread, 1 core", round => Run(oneWindow, windows, round))
    .Add("mesh, windows of 32, 2 threads", round => Run(twoWindows, windows, round))
    .Run();
Console.WriteLine($"784-256-10, MNIST, train length 32; {two.Placement.Cores.Length} cores on 2 threads");
run.Print("sample");
foreach (string name in (string[])["mesh, 1 thread, 1 core", "mesh, 2 threads", "mesh, windows of 32, 1 thread, 1 core", "mesh, windows of 32, 2 threads"])
    Console.WriteLine($"  {name} / plain reference: {run.Ratio(name, Plain):F2}   ({1e6 / run.Median(name):F0} samples a second)");
bool same = one.Capture().Hash() == two.Capture().Hash() && oneWindow.Capture().Hash() == twoWindows.Capture().Hash();
int[] w1 = one.Capture().Units[one.Placement.Network.Projection("input->h").Index]!;
Console.WriteLine($"  same state hashes: {same}; weights of the reference: {w1.AsSpan().SequenceEqual(reference.Weights(1))}");
