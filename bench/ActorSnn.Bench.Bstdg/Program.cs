using ActorSnn.Bench;
using ActorSnn.Bench.Bstdg;
using ActorSnn.Cores;
using ActorSnn.Datasets;
using ActorSnn.Learning;
using ActorSnn.Learning.Bstdg;
using ActorSnn.Learning.Tests.Reference;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Networks;

// What do networks of first spikes cost on the mesh, beside a plain program of one thread that does the same? Usage: ActorSnn.Bench.Bstdg DATA-DIRECTORY [ROUNDS] [MODEL…]
// Needs the MNIST files. 784-600-10, 8 steps. Models are files of bstdg, bs4nn or s4nn trained on MNIST: how long each takes for an answer.
if (args.Length < 1)
{
    Console.Error.WriteLine("say where the MNIST files are: DATA-DIRECTORY [ROUNDS] [MODEL…]");
    return 2;
}
int rounds = args.Length > 1 ? int.Parse(args[1]) : 9;
string[] models = args.Length > 2 ? args[2..] : [];
const int Trained = 300;
const int Answered = 2000;
const int Before = 60_000;
var data = new DataLocator(args[0]);
var train = data.LoadTrain("mnist");
var test = data.LoadTest("mnist");
var options = new BstdgOptions { Margin = 2, Shift = 5, ThresholdRate = 0.01, Passes = 100 };
var inputs = new IntensityFrames(train.Count, 784, train.Pixels);
var shown = new IntensityFrames(test.Count, 784, test.Pixels);

IMesh MeshOf(Network network, int threads) =>
    new EmbeddedEngine().Build(Placer.Place(network, new PlacementOptions(threads == 1 ? 1 : null, Workers: threads)), new MeshOptions(threads));

// Weights that have learned something: how much spikes, and when answers come, depends on it.
LayerWeights learned;
using (var mesh = MeshOf(BstdgCircuit.Training(BstdgWeights.Initialise(784, 10, options, seed: 1), inputs, train.Labels, options, seed: 1), 1))
{
    mesh.RunTo(BstdgCircuit.TickAfterSamples(options, Before));
    var state = mesh.Capture();
    learned = BstdgCircuit.Learned(mesh.Placement.Network, p => state.Units[p.Index]!);
}

var reference = new BstdgReference(learned, options);
var training = BstdgCircuit.Training(learned, inputs, train.Labels, options, seed: 1, shuffled: false);
using var one = MeshOf(training, 1);
using var two = MeshOf(training, 2);
long Learn(IMesh mesh, int round)
{
    mesh.RunTo(BstdgCircuit.TickAfterSamples(options, (round + 1) * Trained));
    return Trained;
}

const string Plain = "plain reference, 1 thread";
var learning = new SideBySide(rounds, warmups: 3)
    .Add(Plain, round =>
    {
        for (int n = 0; n < Trained; n++) reference.Train(inputs[(round * Trained + n) % inputs.Count], train.Labels[(round * Trained + n) % inputs.Count], 0);
        return Trained;
    })
    .Add("mesh, 1 thread", round => Learn(one, round))
    .Add("mesh, 2 threads", round => Learn(two, round))
    .Run();
Console.WriteLine($"Training, 784-600-10, MNIST, 8 steps, after {Before} samples; {two.Placement.Cores.Length} cores on 2 threads");
learning.Print("sample");
foreach (string name in (string[])["mesh, 1 thread", "mesh, 2 threads"]) Console.WriteLine($"  {name} / {Plain}: {learning.Ratio(name, Plain):F2}   ({1e6 / learning.Median(name):F0} samples a second)");
bool sameWeights = BstdgCircuit.Learned(training, p => one.Capture().Units[p.Index]!).Weights(1).AsSpan().SequenceEqual([.. reference.Weights(1)]);
Console.WriteLine($"  same state hashes: {one.Capture().Hash() == two.Capture().Hash()}; weights of the reference: {sameWeights}");

var answering = new BstdgReference(learned, options);
using var full = MeshOf(BstdgCircuit.Inference(learned, shown, options, exitsEarly: false), 1);
var inference = new SideBySide(rounds, warmups: 3)
    .Add(Plain, round =>
    {
        for (int n = 0; n < Answered; n++) answering.Answer(shown[(round * Answered + n) % shown.Count]);
        return Answered;
    })
    .Add("mesh, all steps, 1 thread", round =>
    {
        full.RunTo(BstdgCircuit.InferenceTickAfterSamples(options, (round + 1) * Answered));
        return Answered;
    });
string[] names = ["mesh, early exit, 1 thread", "mesh, early exit, 2 copies on 2 threads"];
using var single = new Copies(learned, shown, options, 1);
using var twice = new Copies(learned, shown, options, 2);
inference.Add(names[0], _ => single.Answer(Answered)).Add(names[1], _ => twice.Answer(Answered));
var files = new List<Copies>();
foreach (string file in models)
{
    var model = BstdgModel.Load(file, ArrayArchive.ReadKind(file));
    foreach (int copies in (int[])[1, 2])
    {
        var network = new Copies(model.Weights, shown, model.Options, copies);
        files.Add(network);
        inference.Add($"{Path.GetFileName(file)}, early exit, {copies} {(copies == 1 ? "copy" : "copies")}", _ => network.Answer(Answered));
        names = [.. names, $"{Path.GetFileName(file)}, early exit, {copies} {(copies == 1 ? "copy" : "copies")}"];
    }
}
inference.Run();
Console.WriteLine("Inference");
inference.Print("image");
foreach (string name in names) Console.WriteLine($"  {name} / {Plain}: {inference.Ratio(name, Plain):F3}   ({1e6 / inference.Median(name):F0} images a second)");
foreach (var network in files) network.Dispose();
return 0;
