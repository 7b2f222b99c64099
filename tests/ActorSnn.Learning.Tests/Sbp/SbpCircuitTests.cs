using ActorSnn.Cores;
using ActorSnn.Learning.Sbp;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Networks;

namespace ActorSnn.Learning.Tests.Sbp;

/// <summary>The circuit, phase by phase.</summary>
public class SbpCircuitTests
{
    private static readonly string[] Information = ["x", "mx", "h", "h<", "h>", "hT", "mh", "ch", "o", "o<", "o>", "oT-", "t", "d+", "d-"];

    /// <summary>Which populations fire in which phases; in all others they are silent.</summary>
    private static readonly Dictionary<string, int[]> Firing = new()
    {
        ["input"] = [0],
        ["target"] = [2],
        ["x"] = [1, 7, 11],
        ["mx"] = [6],
        ["h"] = [2, 5, 7, 9, 11],
        ["h<"] = [2, 7, 11],
        ["h>"] = [2, 7, 11],
        ["hT"] = [5, 6, 9, 10],
        ["mh"] = [3],
        ["ch"] = [6],
        ["o"] = [3, 5, 9],
        ["o<"] = [3, 5, 9],
        ["o>"] = [3, 5, 9],
        ["oT-"] = [5, 9],
        ["t"] = [3],
        ["d+"] = [4],
        ["d-"] = [4],
    };

    [Fact]
    public void The_training_circuit_has_the_neurons_and_synapses_of_the_paper()
    {
        var network = SbpCircuit.Training(SbpWeights.Initialise(400, 400, 10, 1), new BitFrames(1, 400, new ulong[7]), BitFrames.OneHot([3], 10), 1);
        double Synapses(Projection p) => p.Connectivity.ExpectedSynapses(network.Populations[p.Source].Size, network.Populations[p.Target].Size);

        Assert.Equal(3282, network.NeuronCount);
        Assert.Equal(8, network.Projections.Count(p => p.IsPlastic));
        Assert.Equal(500_000, network.Projections.Where(p => p.IsPlastic).Sum(Synapses));
        // About 517,000 with the shut-offs of the later circuit; those of the first version, used here, have 3,600 more on h, h< and h>.
        Assert.InRange(network.Projections.Where(p => !network.Populations[p.Source].Model.IsSource).Sum(Synapses), 520_000, 521_000);
        Assert.Equal(8, Placer.Place(network, new PlacementOptions(8)).Cores.Length);
        Assert.Single(network.Projections.Where(p => p.IsPlastic).Select(p => p.Learning).Distinct());
    }

    [Theory]
    [InlineData(3, 4, 2)]
    [InlineData(784, 400, 10)]
    public void Sizes_follow_from_the_layers(int inputs, int hidden, int outputs)
    {
        var network = SbpCircuit.Training(
            SbpWeights.Initialise(inputs, hidden, outputs, 1), new BitFrames(1, inputs, new ulong[(inputs + 63) / 64]), BitFrames.OneHot([1], outputs), 1);
        Assert.Equal(2 * inputs + 6 * hidden + 7 * outputs + 12, network.NeuronCount);
    }

    [Fact]
    public void The_inference_circuit_has_three_layers_and_four_gates()
    {
        var network = SbpCircuit.Inference(SbpWeights.Initialise(400, 400, 10, 1), new BitFrames(1, 400, new ulong[7]));
        Assert.Equal(814, network.NeuronCount);
        Assert.DoesNotContain(network.Projections, p => p.IsPlastic);
    }

    [Fact]
    public void Inputs_and_targets_that_do_not_fit_are_refused()
    {
        var weights = SbpWeights.Initialise(5, 4, 3, 1);
        Assert.Throws<NetworkException>(() => SbpCircuit.Training(weights, new BitFrames(1, 6, [0]), BitFrames.OneHot([1], 3), 1));
        Assert.Throws<NetworkException>(() => SbpCircuit.Training(weights, new BitFrames(1, 5, [0]), BitFrames.OneHot([1], 4), 1));
        Assert.Throws<NetworkException>(() => SbpCircuit.Training(weights, new BitFrames(2, 5, [0, 0]), BitFrames.OneHot([1], 3), 1));
        Assert.Throws<NetworkException>(() => SbpCircuit.Inference(weights, new BitFrames(1, 6, [0])));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Every_population_is_silent_outside_its_phases(int seed)
    {
        const int Samples = 300;
        var task = SbpTask.Random(40, 33, 4, Samples, seed);
        var network = task.Network(probes: Firing.Keys.Select(p => new SpikeCountProbe(p, p, 12)));
        using var run = new SbpRun(network, cores: 3);
        run.Learn(Samples);
        var counts = run.Mesh.TakeRecordings();
        foreach (var (population, phases) in Firing)
        {
            for (int phase = 0; phase < 12; phase++)
            {
                long spikes = counts.Counts(population)[phase];
                Assert.True((spikes > 0) == phases.Contains(phase), $"{population}: {spikes} spikes in phase {(SbpPhase)phase} (seed {seed})");
            }
        }
    }

    [Fact]
    public void One_gate_spikes_in_every_tick()
    {
        const int Samples = 30;
        var task = SbpTask.Random(10, 10, 2, Samples, 1);
        var gates = Enumerable.Range(0, 12).Select(k => $"g{k}").ToArray();
        using var run = new SbpRun(task.Network(probes: gates.Append("kick").Select(g => new SpikeProbe(g, g, TickFilter.EveryTick))));
        run.Learn(Samples);
        var spikes = run.Mesh.TakeRecordings();
        Assert.Equal([new Spike(10, 0)], spikes.Spikes("kick"));
        // Gate k spikes in phase k - 1 and opens what acts in phase k.
        var ring = gates.SelectMany((gate, k) => spikes.Spikes(gate).Select(s => (s.Tick, Gate: k))).Order().ToArray();
        Assert.Equal(Enumerable.Range(11, 12 * Samples + 2).Select(tick => ((long)tick, (tick + 1) % 12)), ring);
    }

    /// <summary>Every spike of every population in every phase is what the equations say it stands for.</summary>
    [Theory]
    [InlineData(7, 5, 3, 1)]
    [InlineData(40, 33, 4, 2)]
    [InlineData(64, 100, 10, 3)]
    public void Every_phase_carries_what_it_stands_for(int inputs, int hidden, int outputs, int seed)
    {
        const int Samples = 40;
        var task = SbpTask.Random(inputs, hidden, outputs, Samples, seed);
        using var run = new SbpRun(task.Network(probes: Information.Select(p => new SpikeProbe(p, p, TickFilter.EveryTick))), cores: 2);
        run.Learn(Samples);
        var recordings = run.Mesh.TakeRecordings();
        var spikes = Information.ToDictionary(p => p, p => recordings.Spikes(p).ToLookup(s => s.Tick, s => s.Neuron));

        var reference = task.Reference();
        for (int sample = 0; sample < Samples; sample++)
        {
            reference.Train(task.Bits[sample], task.Labels[sample]);
            var x = Units(inputs, i => task.Bits[sample][i] == 1);
            var h = Units(hidden, j => reference.H[j] == 1);
            var box = Units(hidden, j => reference.A1[j] is > 0 and <= 1024);
            var rising = Units(outputs, k => reference.D2[k] > 0);
            var falling = Units(outputs, k => reference.D2[k] < 0);
            var positive = Units(hidden, j => reference.S[j] > 0);
            var negative = Units(hidden, j => reference.S[j] < 0);
            var learned = new Dictionary<(string, int), int[]>
            {
                [("x", 1)] = x,
                [("h", 2)] = h,
                [("h<", 2)] = Units(hidden, j => reference.A1[j] > 0),
                [("h>", 2)] = Units(hidden, j => reference.A1[j] > 1024),
                [("mh", 3)] = h,
                [("o", 3)] = Units(outputs, k => reference.O[k] == 1),
                [("o<", 3)] = Units(outputs, k => reference.A2[k] > 0),
                [("o>", 3)] = Units(outputs, k => reference.A2[k] > 1024),
                [("t", 3)] = [task.Labels[sample]],
                [("d+", 4)] = rising,
                [("d-", 4)] = falling,
                [("h", 5)] = h,
                [("hT", 5)] = h,
                [("oT-", 5)] = falling,
                [("hT", 6)] = positive,
                [("mx", 6)] = x,
                [("ch", 6)] = box,
                [("x", 7)] = x,
                [("h", 9)] = h,
                [("hT", 9)] = h,
                [("oT-", 9)] = rising,
                [("hT", 10)] = negative,
                [("x", 11)] = x,
            };
            foreach (string copy in (string[])["h", "h<", "h>"])
            {
                learned[(copy, 7)] = [.. positive.Intersect(box)];
                learned[(copy, 11)] = [.. negative.Intersect(box)];
            }
            foreach (string copy in (string[])["o", "o<", "o>"])
            {
                learned[(copy, 5)] = rising;
                learned[(copy, 9)] = falling;
            }
            foreach (string population in Information)
            {
                for (int phase = 0; phase < 12; phase++)
                {
                    var expected = learned.GetValueOrDefault((population, phase), []);
                    var actual = spikes[population][SbpCircuit.TickOfSample(sample) + phase];
                    Assert.True(
                        expected.SequenceEqual(actual),
                        $"{population} in phase {(SbpPhase)phase} of sample {sample}: {string.Join(' ', actual)}, not {string.Join(' ', expected)} (seed {seed})");
                }
            }
        }
        // Nothing before the first sample.
        foreach (string population in Information) Assert.All(spikes[population], s => Assert.True(s.Key > SbpCircuit.TickOfSample(0)));

        static int[] Units(int count, Func<int, bool> which) => [.. Enumerable.Range(0, count).Where(which)];
    }

    [Theory]
    [InlineData(7, 5, 3)]
    [InlineData(40, 33, 4)]
    [InlineData(130, 70, 10)]
    public void The_inference_circuit_answers_as_the_equations_do(int inputs, int hidden, int outputs)
    {
        const int Samples = 60;
        var task = SbpTask.Random(inputs, hidden, outputs, Samples, 5);
        var network = SbpCircuit.Inference(task.Initial, task.Frames);
        using var mesh = new EmbeddedEngine().Build(Placer.Place(network, new PlacementOptions(3)), new MeshOptions(2));
        mesh.RunTo(SbpCircuit.InferenceTickAfterSamples(Samples));
        var recordings = mesh.TakeRecordings();
        var spikes = recordings.Spikes(SbpCircuit.OutputSpikes).ToLookup(s => s.Tick, s => s.Neuron);
        // The starting period has an output phase too.
        var potentials = recordings.Potentials(SbpCircuit.OutputPotentials).Where(p => p.Tick >= SbpCircuit.InferenceTicks).ToArray();
        Assert.Equal(Samples, potentials.Length);

        var spiked = new bool[Samples * outputs];
        var values = new float[Samples * outputs];
        var reference = task.Reference();
        int exact = 0, bySpikes = 0, byPotential = 0;
        for (int sample = 0; sample < Samples; sample++)
        {
            var answer = reference.Classify(task.Bits[sample]);
            long tick = SbpCircuit.InferenceTicks * (sample + 1) + (int)SbpInferencePhase.Output;
            Assert.Equal(tick, potentials[sample].Tick);
            // The gate lifts every output to half its threshold.
            Assert.Equal(reference.A2.Select(a => (float)(a + 512)), potentials[sample].Values);
            Assert.Equal(Enumerable.Range(0, outputs).Where(k => reference.O[k] == 1), spikes[tick]);
            foreach (int k in spikes[tick]) spiked[sample * outputs + k] = true;
            potentials[sample].Values.CopyTo(values, sample * outputs);
            if (answer.OneSpike && answer.SpikesArgmax == task.Labels[sample]) exact++;
            if (answer.SpikesArgmax == task.Labels[sample]) bySpikes++;
            if (answer.PotentialArgmax == task.Labels[sample]) byPotential++;
        }
        Assert.Equal(
            new SbpAccuracy((double)exact / Samples, (double)bySpikes / Samples, (double)byPotential / Samples),
            SbpAnswers.Of(spiked, values, task.Labels, outputs).Accuracy);
    }
}
