using ActorSnn.Cores;
using ActorSnn.Datasets;
using ActorSnn.Learning.Sbp;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Networks;
using ActorSnn.Reports;

// Draws the picture of the README: two samples of the sBP circuit, spike by spike. Usage: ActorSnn.Figures OUTPUT.svg
string path = args.Length > 0 ? args[0] : "sbp-raster.svg";
const int Learned = 600;
const int Period = SbpCircuit.TrainingTicks;

var images = StrokeDigits.Train();
var inputs = SbpEncoding.Encode(images.Pixels, images.Rows, images.Columns, crop: 0);
var weights = SbpWeights.Initialise(inputs.Size, 400, 10, seed: 1);
// Left out: the sources, which x and t repeat, and the source of the feedback through -W2, which repeats d- and d+.
var probes = SbpAnnotation.SpikeProbes(training: true).Where(p => p.Population is not ("input" or "target" or "oT-"));
var network = SbpCircuit.Training(weights, inputs, BitFrames.OneHot(images.Labels, 10), seed: 1, probes: probes);
using var mesh = new EmbeddedEngine().Build(Placer.Place(network), new MeshOptions());
mesh.RunTo(SbpCircuit.TickAfterSamples(Learned) - 1);
mesh.TakeRecordings();

// Two samples in a row, the first of which the network gets wrong: it learns from that one before our eyes.
Recordings recordings;
long first;
do
{
    first = mesh.Tick + 1;
    mesh.RunTo(first + 2 * Period - 1);
    recordings = mesh.TakeRecordings();
}
while (ErrorsOf(0) < 2 || ErrorsOf(1) > 0 || !SpikesOf("o", 1).SequenceEqual(SpikesOf("t", 1)));

var recording = SbpAnnotation.Annotate(recordings.Between(first, first + 2 * Period - 1), training: true) with
{
    Samples = [new(first, Period, "answered wrongly and learned from"), new(first + Period, Period, "answered rightly")],
};
RasterChart.Draw(recording, "Two samples in the sBP circuit, spike by spike").Save(path);
Console.WriteLine($"{path}: samples {first / Period - 1} and {first / Period}");

int ErrorsOf(int sample) => recordings.Spikes("d+").Concat(recordings.Spikes("d-")).Count(s => (s.Tick - first) / Period == sample);

IEnumerable<Spike> SpikesOf(string population, int sample) => recordings.Spikes(population).Where(s => s.Tick == first + sample * Period + (int)SbpPhase.Output);
