using ActorSnn.Bench.Faults;
using ActorSnn.Networks;
using ActorSnn.Reports;

// The experiments of docs/fault-experiments.md. Usage: ActorSnn.Bench.Faults damage|loss|jitter|retraining|devices|stochastic-loss|first-spikes DIR [PICTURES], with the MNIST files in DIR.
const int Seeds = 3;
const int TrainedEpochs = 5;
const int FirstSpikeSeeds = 2;
// Their usual settings, but for the size of bstdg; some minutes of a processor each.
string[] firstSpikeSystems = ["bstdg", "s4nn"], firstSpikeTraining = ["--hidden", "400", "--epochs", "100"];

if (args.Length < 2)
{
    Console.Error.WriteLine("say what: damage, loss, jitter, retraining, devices, stochastic-loss or first-spikes; and where the MNIST files are: DIR");
    return 2;
}
string work = Directory.CreateTempSubdirectory("actorsnn-experiments-").FullName;
var experiment = new Experiment(args[1], work);
string pictures = args.Length > 2 ? args[2] : ".";
try
{
    switch (args[0])
    {
        case "damage": Damage(); break;
        case "loss":
            Learning("loss", "Learning while spikes are lost", "lost spikes, %", [0, 0.02, 0.05, 0.1, 0.2],
                (pattern, rate) => $"{{ kind: lose, projections: \"{pattern}\", rate: {Experiment.Number(rate)} }}");
            break;
        case "jitter":
            Learning("jitter", "Learning while spikes are late", "late spikes, %", [0, 0.001, 0.002, 0.005, 0.01, 0.02],
                (pattern, rate) => $"{{ kind: delay, projections: \"{pattern}\", ticks: 1, rate: {Experiment.Number(rate)} }}");
            break;
        case "retraining": Retraining(); break;
        case "devices":
            Stochastic("devices", "SSNN-BP on devices that differ", "standard deviation, as a part of a step, %", [0, 0.1, 0.3, 1, 2],
                ("steps vary from one to the next", x => (["--step-variation", Experiment.Number(x)], [])),
                ("mean steps vary from device to device", x => (["--device-variation", Experiment.Number(x)], [])),
                ("steps up and down differ, from device to device", x => (["--asymmetry", Experiment.Number(x)], [])));
            break;
        case "stochastic-loss":
            Stochastic("stochastic-loss", "SSNN-BP while spikes are lost", "lost spikes, %", [0, 0.05, 0.1, 0.2, 0.4],
                ("forward: input->h, h->o", x => ([], [Lost("input->h", x), Lost("h->o", x)])),
                ("backward: o.backward->h", x => ([], [Lost("o.backward->h", x)])));
            break;
        case "first-spikes": FirstSpikes(); break;
        default: throw new ArgumentException($"{args[0]}: give damage, loss, jitter, retraining, devices, stochastic-loss or first-spikes");
    }
}
finally
{
    Directory.Delete(work, recursive: true);
}
return 0;

// Accuracy of a trained network against how much of it is broken.
void Damage()
{
    Sweep("dead-neurons", "Accuracy with dead hidden neurons", "dead hidden neurons, %", [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
        share => $"{{ kind: silence, populations: h, share: {Experiment.Number(share)} }}");
    Sweep("flipped-bits", "Accuracy with flipped weight bits", "flipped weight bits, %", [0, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1],
        share => $"{{ kind: flip, projections: \"?->?\", share: {Experiment.Number(share)} }}");
    Sweep(null, "Accuracy with flipped bits below the sign and the highest", "flipped weight bits 0 to 5, %", [0, 0.01, 0.02, 0.05, 0.1],
        share => string.Join("\n  - ", Enumerable.Range(0, 6).Select(bit => $"{{ kind: flip, projections: \"?->?\", bit: {bit}, share: {Experiment.Number(share)} }}")));
}

// Draws it, too, where it has a name.
void Sweep(string? name, string title, string xName, double[] shares, Func<double, string> fault)
{
    Console.WriteLine($"\n{title}; {TrainedEpochs} epochs, mean of seeds 1 to {Seeds}: exact | spikes | potential\n");
    var points = new List<(double X, Accuracy Accuracy)>();
    foreach (double share in shares)
    {
        var all = Enumerable.Range(1, Seeds).Select(seed => experiment.Evaluate(experiment.Model(seed, TrainedEpochs), seed, share == 0 ? [] : [fault(share)])).ToList();
        var mean = Accuracy.MeanOf(all);
        points.Add((100 * share, mean));
        Console.WriteLine($"| {Experiment.Number(100 * share)} % | {mean} |");
    }
    if (name is null) return;
    LineChart.Draw(title, xName,
    [
        new Curve("potential: output of highest potential", [.. points.Select(p => (p.X, p.Accuracy.Potential))]),
        new Curve("spikes: first output that spikes", [.. points.Select(p => (p.X, p.Accuracy.Spikes))]),
        new Curve("exact: all outputs right", [.. points.Select(p => (p.X, p.Accuracy.Exact))]),
    ], percent: true).Save(Path.Combine(pictures, $"faults-{name}.svg"));
}

// Learning while spikes are lost or miss their phase: what the weights know, read with and without the disturbance.
void Learning(string name, string title, string xName, double[] rates, Func<string, double, string> fault)
{
    (string Name, string Pattern)[] ways = [("x->h, h->o", "?->?"), ("all from x, h, o, t", "?->*")];
    var sound = Enumerable.Range(1, Seeds).Select(seed => experiment.Train(seed, 1)).Select(t => t.Accuracy).ToList();
    var curves = new List<Curve>();
    foreach (var (way, pattern) in ways)
    {
        Console.WriteLine($"\n{title}, {way}; 1 epoch, mean of seeds 1 to {Seeds}: exact | spikes | potential, read without it; the same, read under it\n");
        List<(double X, double Y)> clean = [], under = [];
        foreach (double rate in rates)
        {
            var trained = rate == 0 ? [] : Enumerable.Range(1, Seeds).Select(seed => experiment.Train(seed, 1, fault(pattern, rate))).ToList();
            var learned = Accuracy.MeanOf(rate == 0 ? sound : [.. trained.Select(t => t.Accuracy)]);
            var read = rate == 0 ? learned : Accuracy.MeanOf([.. trained.Select((t, i) => experiment.Evaluate(t.Model, i + 1, fault(pattern, rate)))]);
            clean.Add((100 * rate, learned.Spikes));
            under.Add((100 * rate, read.Spikes));
            Console.WriteLine($"| {Experiment.Number(100 * rate)} % | {learned} | {read} |");
        }
        curves.Add(new Curve($"{way}; read without", [.. clean]));
        curves.Add(new Curve($"{way}; read under it", [.. under]));
    }
    LineChart.Draw($"{title}: accuracy by spikes", xName, curves, percent: true).Save(Path.Combine(pictures, $"faults-{name}.svg"));
}

static string Lost(string projections, double rate) => $"{{ kind: lose, projections: \"{projections}\", rate: {Experiment.Number(rate)} }}";

// What SSNN-BP learns, from fewer samples than there are, under more and more of something.
void Stochastic(string name, string title, string xName, double[] values, params (string Name, Func<double, (string[] Options, string[] Faults)> Of)[] ways)
{
    string[] task = ["--samples", "10000", "--epochs", "3", "--test-length", "64"];
    Console.WriteLine($"\n{title}; {string.Join(' ', task)}, mean of seeds 1 and 2: by rates, by spikes\n");
    var curves = new List<Curve>();
    List<(double Spikes, double Rate)> Trained(string[] options, string[] faults) =>
        [.. Enumerable.Range(1, 2).Select(seed => experiment.TrainSsnnBp(seed, [.. task, .. options], faults))];
    var sound = Trained([], []);
    foreach (var (way, of) in ways)
    {
        var points = new List<(double X, double Y)>();
        foreach (double value in values)
        {
            var (options, faults) = of(value);
            var all = value == 0 ? sound : Trained(options, faults);
            points.Add((100 * value, all.Average(a => a.Rate)));
            Console.WriteLine($"| {way} | {Experiment.Number(100 * value)} % | {all.Average(a => a.Rate):P2} | {all.Average(a => a.Spikes):P2} |");
        }
        curves.Add(new Curve(way, [.. points]));
    }
    LineChart.Draw($"{title}: accuracy by rates", xName, curves, percent: true).Save(Path.Combine(pictures, $"faults-{name}.svg"));
}

// Accuracy of trained networks of first spikes against how much is broken. Steps are 8 of bstdg, 256 of s4nn.
void FirstSpikes()
{
    const double None = 0;
    var sound = firstSpikeSystems.ToDictionary(system => system, system => MeanStrict(system, []));
    double[] losses = [None, 0.05, 0.1, 0.2, 0.3, 0.4];
    string[] Losing(double rate) => [Lost("input->h", rate), Lost("h->o", rate)];
    Draw("loss", "Accuracy while spikes are lost", "lost spikes, %", ("bstdg", "bstdg", losses, Losing), ("s4nn", "s4nn", losses, Losing));

    double[] late = [None, 0.1, 0.25, 0.5, 0.75, 1];
    Func<double, string[]> LateBy(int ticks) => rate =>
        [.. new[] { "input->h", "h->o" }.Select(projection => $"{{ kind: delay, projections: \"{projection}\", ticks: {ticks}, rate: {Experiment.Number(rate)} }}")];
    Draw("jitter", "Accuracy while spikes are late", "late spikes, %",
        ("bstdg, by 1 of 8 steps", "bstdg", late, LateBy(1)), ("s4nn, by 32 of 256 steps", "s4nn", late, LateBy(32)), ("s4nn, by 1 of 256 steps", "s4nn", late, LateBy(1)));

    double[] silent = [None, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], firing = [None, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5];
    string[] Silent(double share) => [$"{{ kind: silence, populations: h, share: {Experiment.Number(share)} }}"];
    // The hidden layer's first step is tick 2 of a sample, which has a tick more than steps.
    Func<double, string[]> Firing(int steps) => share => [$"{{ kind: stick, populations: h, share: {Experiment.Number(share)}, at: {{ tick: 2 }}, everyTicks: {steps + 1} }}"];
    Draw("stuck", "Accuracy with stuck hidden neurons", "stuck hidden neurons, %",
        ("bstdg, silent", "bstdg", silent, Silent), ("s4nn, silent", "s4nn", silent, Silent),
        ("bstdg, firing at the first step", "bstdg", firing, Firing(8)), ("s4nn, firing at the first step", "s4nn", firing, Firing(256)));

    double[] flipped = [None, 0.00001, 0.0001, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2];
    Func<double, string[]> Flipped(string bit) => share =>
        [.. new[] { "input->h", "h->o" }.Select(projection => $"{{ kind: flip, projections: \"{projection}\",{bit} share: {Experiment.Number(share)} }}")];
    Draw("flips", "Accuracy with flipped weight bits", "flipped bits, %",
        ("bstdg: the only bit, the sign", "bstdg", flipped, Flipped("")), ("s4nn: of a number, the sign", "s4nn", flipped, Flipped(" bit: 31,")),
        ("s4nn: of a number, any of 32", "s4nn", flipped, Flipped("")));

    double MeanStrict(string system, string[] faults) => Enumerable.Range(1, FirstSpikeSeeds)
        .Average(seed => experiment.StrictOf(experiment.FirstSpikeModel(system, seed, firstSpikeTraining), seed, faults));

    void Draw(string name, string title, string xName, params (string Name, string System, double[] Shares, Func<double, string[]> Faults)[] ways)
    {
        var points = ways.Select(way => way.Shares.ToDictionary(share => share, share => share == None ? sound[way.System] : MeanStrict(way.System, way.Faults(share)))).ToList();
        Console.WriteLine($"\n{title}; mean of seeds 1 to {FirstSpikeSeeds}, strict\n");
        Console.WriteLine($"| {xName.Replace(", %", "")} | {string.Join(" | ", ways.Select(w => w.Name))} |\n|{string.Concat(Enumerable.Repeat("---|", ways.Length + 1))}");
        foreach (double share in points.SelectMany(p => p.Keys).Distinct().Order())
            Console.WriteLine($"| {Experiment.Number(100 * share)} % |{string.Concat(points.Select(p => p.TryGetValue(share, out double y) ? $" {Experiment.Number(Math.Round(100 * y, 2))} % |" : " |"))}");
        LineChart.Draw(title, xName, [.. ways.Zip(points, (way, all) => new Curve(way.Name, [.. all.Select(p => (100 * p.Key, p.Value))]))], percent: true)
            .Save(Path.Combine(pictures, $"faults-first-spike-{name}.svg"));
    }
}

// What a second epoch recovers.
void Retraining()
{
    Row("undisturbed, 1 epoch", seed => experiment.Train(seed, 1).Accuracy);
    Row("undisturbed, 2 epochs", seed => experiment.Train(seed, 2).Accuracy);
    foreach (var (name, fault) in new[] { ("lost", "kind: lose, projections: \"?->*\", rate: 0.2"), ("late by a tick", "kind: delay, projections: \"?->*\", ticks: 1, rate: 0.2") })
    {
        Row($"20 % {name}, 1 epoch", seed => experiment.Train(seed, 1, $"{{ {fault} }}").Accuracy);
        Row($"20 % {name}, 2 epochs", seed => experiment.Train(seed, 2, $"{{ {fault} }}").Accuracy);
        Row($"20 % {name} for 1 epoch, then 1 without", seed => experiment.Train(seed, 2, $"{{ {fault}, until: {{ sample: {Experiment.Samples} }} }}").Accuracy);
    }
    foreach (double share in (double[])[0.3, 0.6])
    {
        string Dead(int seed)
        {
            // The two circuits number their populations differently: name the units.
            var random = new CounterRandom((ulong)seed, RandomPurpose.NeuronFault, 0);
            return string.Join(", ", Enumerable.Range(0, 400).Where(unit => random.Uniform(unit) < share));
        }
        Row($"{100 * share:0} % of hidden units die after 1 epoch", seed => experiment.Evaluate(experiment.Model(seed, 1), seed, $"{{ kind: silence, populations: h, neurons: [{Dead(seed)}] }}"));
        Row($"the same, trained 1 epoch more", seed =>
        {
            var (model, _) = experiment.Train(seed, 2, $"{{ kind: silence, populations: \"h*\", neurons: [{Dead(seed)}], at: {{ sample: {Experiment.Samples} }} }}");
            return experiment.Evaluate(model, seed, $"{{ kind: silence, populations: h, neurons: [{Dead(seed)}] }}");
        });
    }
}

void Row(string what, Func<int, Accuracy> run) => Console.WriteLine($"| {what} | {Accuracy.MeanOf([.. Enumerable.Range(1, Seeds).Select(run)])} |");
