using System.Globalization;
using System.Text;
using ActorSnn.Cores;
using ActorSnn.Datasets;
using ActorSnn.Learning.Sbp;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Networks;

// Draws the picture of the README: two samples of the sBP circuit, spike by spike. Usage: ActorSnn.Figures OUTPUT.svg
string path = args.Length > 0 ? args[0] : "sbp-raster.svg";
const int Learned = 600;
const int Shown = 2;
(string Population, int Neurons, string Note)[] bands =
[
    ("x", 784, "input"), ("mx", 784, "remembers x"), ("h", 400, "hidden"), ("h<", 400, "above 0"), ("h>", 400, "above 1024"),
    ("ch", 400, "may learn"), ("hT", 400, "error, sent back"), ("mh", 400, "remembers h"), ("o", 10, "output"), ("t", 10, "target"),
    ("d+", 10, "error +"), ("d-", 10, "error -"),
];

var images = StrokeDigits.Train();
var inputs = SbpEncoding.Encode(images.Pixels, images.Rows, images.Columns, crop: 0);
var weights = SbpWeights.Initialise(inputs.Size, 400, 10, seed: 1);
string[] names = [.. bands.Select(b => b.Population), .. Enumerable.Range(0, 12).Select(g => $"g{g}")];
var network = SbpCircuit.Training(weights, inputs, BitFrames.OneHot(images.Labels, 10), seed: 1,
    probes: names.Select(n => new SpikeProbe(n, n, TickFilter.EveryTick)));
using var mesh = new EmbeddedEngine().Build(Placer.Place(network), new MeshOptions());
mesh.RunTo(SbpCircuit.TickAfterSamples(Learned) - 1);
mesh.TakeRecordings();

// Two samples in a row, the first of which the network gets wrong: it learns from that one before our eyes.
long first;
Recordings recording;
while (true)
{
    first = mesh.Tick + 1;
    mesh.RunTo(first + Shown * SbpCircuit.TrainingTicks - 1);
    recording = mesh.TakeRecordings();
    int Errors(int sample) => recording.Spikes("d+").Concat(recording.Spikes("d-")).Count(s => (s.Tick - first) / SbpCircuit.TrainingTicks == sample);
    var answer = recording.Spikes("o").Where(s => s.Tick == first + SbpCircuit.TrainingTicks + (int)SbpPhase.Output);
    var target = recording.Spikes("t").Where(s => s.Tick == first + SbpCircuit.TrainingTicks + (int)SbpPhase.Output);
    if (Errors(0) >= 2 && answer.SequenceEqual(target)) break;
}

const double Left = 150, Top = 70, TickWidth = 34, Gap = 10;
double Height(int neurons) => neurons > 100 ? 46 : 30;
int ticks = Shown * SbpCircuit.TrainingTicks;
double width = Left + ticks * TickWidth + 20;
double height = Top + bands.Sum(b => Height(b.Neurons) + Gap) + 12 * 6 + 60;
var svg = new StringBuilder();
void Add(FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">");
Add($"<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
Add($"<text x=\"{Left}\" y=\"22\" font-size=\"15\" font-weight=\"bold\" fill=\"#1b2733\">Two samples, spike by spike: one answered wrongly and learned from, one answered rightly</text>");
for (int sample = 0; sample < Shown; sample++)
{
    for (int phase = 0; phase < SbpCircuit.TrainingTicks; phase++)
    {
        double x = Left + (sample * SbpCircuit.TrainingTicks + phase) * TickWidth;
        string fill = (SbpPhase)phase switch
        {
            SbpPhase.StrengthenOutput or SbpPhase.StrengthenHidden => "#e3f3e6",
            SbpPhase.WeakenOutput or SbpPhase.WeakenHidden => "#fbe6e3",
            _ => phase % 2 == 0 ? "#f6f8fa" : "#ffffff",
        };
        Add($"<rect x=\"{x}\" y=\"{Top - 26}\" width=\"{TickWidth}\" height=\"{height - Top - 8}\" fill=\"{fill}\"/>");
        Add($"<text x=\"{x + TickWidth / 2}\" y=\"{Top - 10}\" text-anchor=\"middle\" fill=\"#57606a\">{phase}</text>");
    }
}
Add($"<line x1=\"{Left + SbpCircuit.TrainingTicks * TickWidth}\" x2=\"{Left + SbpCircuit.TrainingTicks * TickWidth}\" y1=\"{Top - 26}\" y2=\"{height - 34}\" stroke=\"#8c959f\"/>");
double y = Top;
foreach (var (population, neurons, note) in bands)
{
    Add($"<text x=\"{Left - 10}\" y=\"{y + Height(neurons) / 2 - 1}\" text-anchor=\"end\" font-weight=\"bold\" fill=\"#1b2733\">{System.Security.SecurityElement.Escape(population)}</text>");
    Add($"<text x=\"{Left - 10}\" y=\"{y + Height(neurons) / 2 + 12}\" text-anchor=\"end\" font-size=\"10\" fill=\"#57606a\">{note}</text>");
    Dots(recording.Spikes(population), neurons, y, Height(neurons), population is "d+" or "d-" or "hT" ? "#c4432b" : "#1f6feb");
    y += Height(neurons) + Gap;
}
Add($"<text x=\"{Left - 10}\" y=\"{y + 34}\" text-anchor=\"end\" font-weight=\"bold\" fill=\"#1b2733\">g0 … g11</text>");
Add($"<text x=\"{Left - 10}\" y=\"{y + 47}\" text-anchor=\"end\" font-size=\"10\" fill=\"#57606a\">gates</text>");
for (int gate = 0; gate < 12; gate++) Dots(recording.Spikes($"g{gate}"), 1, y + gate * 6, 6, "#1b2733");
Add($"<text x=\"{Left}\" y=\"{height - 14}\" fill=\"#57606a\">phase: tick mod 12. Green: coincidences strengthen (+2). Red: coincidences weaken (-2). Every dot is a spike.</text>");
svg.Append("</svg>\n");
File.WriteAllText(path, svg.ToString());
Console.WriteLine($"{path}: samples {first / SbpCircuit.TrainingTicks - 1} and {first / SbpCircuit.TrainingTicks}");

void Dots(IEnumerable<Spike> spikes, int neurons, double top, double bandHeight, string colour)
{
    double radius = neurons > 100 ? 0.9 : 2.2;
    foreach (var spike in spikes)
    {
        // A tick's spikes are spread over its column, so that a thousand neurons fit into a band.
        double spread = neurons > 100 ? (spike.Neuron * 7 % 23 / 22.0 - 0.5) * 0.8 : 0;
        double x = Left + (spike.Tick - first + 0.5 + spread) * TickWidth;
        double dotY = top + (neurons == 1 ? 0.5 : (spike.Neuron + 0.5) / neurons) * bandHeight;
        Add($"<circle cx=\"{x:F1}\" cy=\"{dotY:F1}\" r=\"{radius}\" fill=\"{colour}\"/>");
    }
}
