using System.Collections.Immutable;
using System.Text;

namespace ActorSnn.Networks.Tests;

/// <summary>Network files: what they say is what is built, and what is wrong with one is said in one line with the path of the field.</summary>
public sealed class NetworkFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("actorsnn-files-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private const string Small = """
        {
          "format": "actorsnn-network", "version": 1, "name": "small", "timeStepMs": 0.1,
          "populations": [
            { "name": "in", "size": 3, "model": { "kind": "spike-array", "spikes": [[5, 0], [9, 2]] } },
            { "name": "out", "size": 4, "model": { "kind": "lif-exp", "tauMs": 20, "thresholdMv": 15 } },
            { "name": "gate", "size": 2, "model": { "kind": "gated-threshold" } }
          ],
          "projections": [
            { "source": "in", "target": "out", "connectivity": { "kind": "random", "probability": 0.5 }, "weight": 1.5, "delayMs": 0.2 },
            { "source": "in", "target": "gate", "connectivity": { "kind": "dense" }, "weight": { "kind": "array", "values": [1, 2, 3, 4, 5, 6] } }
          ],
          "inputs": [{ "target": "out", "rateHz": 100, "weight": 0.1 }],
          "probes": [{ "kind": "spikes", "population": "out" }]
        }
        """;

    [Fact]
    public void A_file_says_what_is_built()
    {
        var network = Everything.Network;
        Assert.Equal(("everything", ulong.MaxValue, 0.1), (network.Name, network.Seed, network.TimeStepMs));
        Assert.Equal([new(0, 2), new(7, 0), new(7, 1)], SpikesOf("ticks"));
        Assert.Equal([new(7, 0), new(12, 2)], SpikesOf("times"));
        Assert.Equal(new PoissonSource(12.5), network["trains"].Model);
        Assert.Equal(new GatedThresholdNeuron(100, -7), network["gated"].Model);
        Assert.Equal(new IntegrateAndFire(14, 1, 0.3, 0.5, 2), network["if"].Model);
        Assert.Equal(new LifDelta(19, 1, 18, -1, 1, 3, InitialValue.Uniform(-1, 2)), network["delta"].Model);
        Assert.Equal(new LifExponential(18, 4, 9, -49, 18, -1, 4, 1, InitialValue.Normal(-55, 2)), network["exp"].Model);
        Assert.Equal(new LifConductance(17, 6, 11, -61, -1, -81, -51, -62, 3, 4, -60), network["cond"].Model);
        Assert.Equal(new Izhikevich(0.1, 0.25, -64, 2, 31, 5, -63, -14), network["izhikevich"].Model);
        Assert.Equal(
            new CompositeNeuron(
                1, 6, 2, 4, 0.125, MembraneMode.Memoryless, SpikeActivation.Hard, 4, 0.25, 2, 0.5, BackwardDerivative.Spike, BackwardSplit.ByWeight, 0.1),
            network["layer"].Model);
        Assert.Equal(new WinnerTakeAll(3, 6, 2, 4, 0.25, MembraneMode.Memoryless, WinnerDraw.Race), network["winners"].Model);
        Assert.Equal(new DivisiveNormalisation(), network["norm"].Model);
        Assert.Equal([new(1, 1), new(7, 2)], SpikesOf("grades"));
        Assert.Equal([3, -0.1f], ((SpikeArraySource)network["grades"].Model).Grades!.Value.ToArray());
        Assert.Null(((SpikeArraySource)network["ticks"].Model).Grades);
        Assert.Equal(new BackwardPorts("winners"), network["lines"].Model);
        Assert.Equal(["all to all", "if->exp", "trains->cond", "delta->delta", "delta->if", "delta->izhikevich", "ticks->exp", "times->delta", "delta->exp", "gated->gated", "layer->winners", "norm->norm", "start->first", "start->early"],
            network.Projections.Select(p => p.Name));
        Assert.Equal([Delay.Ticks(15), Delay.Ticks(2), Delay.Uniform(1, 3), Delay.Uniform(1, 3), Delay.One], network.Projections.Take(5).Select(p => p.Delay));
        Assert.Equal([Connectivity.Dense, Connectivity.OneToOne, Connectivity.OneToAll, Connectivity.Random(0.25), Connectivity.FixedInDegree(2), Connectivity.FixedOutDegree(5)],
            network.Projections.Take(6).Select(p => p.Connectivity));
        Assert.Equal([(0, 0), (0, 0), (2, 1)], PairsOf(6));
        Assert.Equal([(1, 2), (2, 3)], PairsOf(7));
        Assert.Equal([Weight.Uniform(-1, 2, 0.5), Weight.Normal(1, 0.5, 0, 2, 0.25), Weight.Constant(3)], network.Projections.Skip(3).Take(3).Select(p => p.Weight));
        Assert.Equal(new[] { 1.5f, -2, 0.1f }, ((Weight.ArrayWeight)network.Projections[6].Weight).Values.ToArray());
        Assert.Equal(new PairStdp(19, 21, 0.01, 0.02, 0, 2, WeightDependence.Multiplicative), network.Projections[8].Learning);
        Assert.Equal(new[] { 1, 3 }, ((HebbianCoincidence)network.Projections[9].Learning!).Clock.OnPhases.ToArray());
        var coincidence = (SpikeCoincidence)network.Projections[10].Learning!;
        Assert.Equal([new StepQuantum(0, 8), new StepQuantum(100, 4)], coincidence.Quanta.ToArray());
        Assert.Equal((1000, 7, 0.01, new DeviceModel(0.3, 0.2, 0.01, 0.6, 0.1)), (coincidence.Bound, coincidence.Entity, coincidence.DecayRate, coincidence.Device));
        Assert.Equal(new PoissonInput(0, "noise", network["exp"].Index, 900.5, 0.25), network.Inputs.Single());
        Assert.Equal(
            new Probe[] { new SpikeProbe("s", "exp", new TickFilter(3, 0)), new PotentialProbe("v", "exp", new TickFilter(5, 0)), new SpikeCountProbe("c", "exp", 6) }, network.Probes.ToArray());

        (int, int)[] PairsOf(int projection) => [.. ((Connectivity.PairsConnectivity)network.Projections[projection].Connectivity).List];
        Spike[] SpikesOf(string population) => [.. ((SpikeArraySource)network[population].Model).Spikes];
    }

    [Fact]
    public void What_is_left_out_is_as_in_code()
    {
        var network = Everything.Parse(Small);
        Assert.Equal(1UL, network.Seed);
        Assert.Equal(new LifExponential(ThresholdMv: 15), network["out"].Model);
        Assert.Equal(new GatedThresholdNeuron(), network["gate"].Model);
        Assert.Equal([Delay.Ticks(2), Delay.One], network.Projections.Select(p => p.Delay));
        Assert.Equal("noise->out", network.Inputs.Single().Name);
        Assert.Equal(new SpikeProbe("out spikes", "out", TickFilter.EveryTick), network.Probes.Single());
    }

    [Fact]
    public void A_probe_can_look_at_some_ticks() => Assert.Equal(
        new SpikeProbe("out spikes", "out", new TickFilter(3, 2)),
        Everything.Parse(Small.Replace("\"population\": \"out\"", "\"population\": \"out\", \"everyTicks\": 3, \"phase\": 2")).Probes.Single());

    [Theory]
    [InlineData("\"size\": 3", "\"size\": 3.0")]
    [InlineData("\"size\": 4", "\"size\": 0.4e1")]
    [InlineData("\"delayMs\": 0.2", "\"delayTicks\": 2")]
    [InlineData("\"spikes\": [[5, 0], [9, 2]]", "\"timesMs\": [[0.9, 2], [0.5, 0]]")]
    [InlineData("\"name\": \"small\"", "\"name\": \"s\\u006dall\"")]
    public void Equal_things_can_be_written_in_several_ways(string one, string other) =>
        Assert.Equal(Everything.Parse(Small).Hash, Everything.Parse(Small.Replace(one, other)).Hash);

    [Fact]
    public void A_byte_order_mark_is_passed_over() =>
        Assert.Equal(Everything.Parse(Small).Hash, NetworkFile.Parse((byte[])[.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Small)]).Hash);

    [Theory]
    // not a network file
    [InlineData(Small, "[]", "format", "is no network file, which says \"format\": \"actorsnn-network\"")]
    [InlineData(Small, "{}", "format", "is no network file")]
    [InlineData("actorsnn-network", "brian", "format", "is no network file")]
    [InlineData("\"version\": 1,", "", "version", "is missing; give 1")]
    [InlineData("\"version\": 1", "\"version\": 2", "version", "2; this build reads version 1")]
    [InlineData("\"version\": 1", "\"version\": \"1\"", "version", "\"1\"; it must be a whole number")]
    [InlineData(Small, "{\"format\":", "line 1, byte 11", "is no JSON: ")]
    [InlineData("\"inputs\":", "'inputs':", "line 12, byte 3", "is no JSON: ''' is an invalid start of a property name")]
    [InlineData("\"inputs\":", "// noise\n\"inputs\":", "line 12, byte 3", "is no JSON: ")]
    [InlineData("\"population\": \"out\" }", "\"population\": \"out\", }", "line 13, byte 55", "is no JSON: ")]
    // unknown, missing and doubled fields
    [InlineData("\"probes\"", "\"prodes\"", "prodes", "unknown field; did you mean \"probes\"? known are $schema, format, version, name")]
    [InlineData("\"tauMs\": 20", "\"tau_ms\": 20", "populations[1].model.tau_ms", "unknown field; did you mean \"tauMs\"?")]
    [InlineData("\"tauMs\": 20", "\"capacitance\": 20", "populations[1].model.capacitance", "unknown field; known are kind, tauMs, tauExcitatoryMs")]
    [InlineData("\"tauMs\": 20", "\"\\n\": 20", "populations[1].model.\"\\n\"", "unknown field; known are")]
    [InlineData("\"tauMs\": 20", "\"\\ud800\": 20", "populations[1].model", "has a field whose name is no valid Unicode")]
    [InlineData("\"size\": 4, ", "", "populations[1].size", "is missing; this field is needed")]
    [InlineData("\"timeStepMs\": 0.1,", "", "timeStepMs", "is missing; this field is needed")]
    [InlineData("\"weight\": 1.5, ", "", "projections[0].weight", "is missing; this field is needed")]
    [InlineData("\"kind\": \"random\", ", "", "projections[0].connectivity.kind", "is missing; give one of dense, one-to-one")]
    [InlineData("\"spikes\": [[5, 0], [9, 2]]", "\"spikes\": [], \"timesMs\": []", "populations[0].model.timesMs", "is given beside \"spikes\"; give one of them")]
    [InlineData(", \"spikes\": [[5, 0], [9, 2]]", "", "populations[0].model.spikes", "is missing; give \"spikes\" or \"timesMs\"")]
    [InlineData("\"size\": 4", "\"size\": 4, \"size\": 4", "populations[1].size", "is given twice; give it once")]
    // wrong types
    [InlineData("\"size\": 4", "\"size\": \"4\"", "populations[1].size", "\"4\"; it must be a whole number from 1 to 100000000")]
    [InlineData("\"size\": 4", "\"size\": null", "populations[1].size", "null; it must be a whole number")]
    [InlineData("\"size\": 4", "\"size\": 4.5", "populations[1].size", "4.5 is no whole number; give one from 1 to 100000000")]
    [InlineData("\"name\": \"small\"", "\"name\": 5", "name", "5; it must be a text in quotes")]
    [InlineData("\"name\": \"small\"", "\"name\": \" \"", "name", "is empty")]
    [InlineData("\"name\": \"small\"", "\"name\": \"\\ud800\"", "name", "is no valid Unicode")]
    [InlineData("\"name\": \"small\"", "\"name\": \"a\\nb\"", "name", "\"a\\nb\" has control characters in it; give a text on one line")]
    [InlineData("\"name\": \"small\"", "\"name\": \"small\", \"description\": 5", "description", "must be a text in quotes")]
    [InlineData("\"name\": \"small\"", "\"name\": \"small\", \"seed\": -1", "seed", "-1; give 0 to")]
    [InlineData("\"name\": \"small\"", "\"name\": \"small\", \"seed\": 1e30", "seed", "1e30; give 0 to")]
    [InlineData("\"probes\": [{ \"kind\": \"spikes\", \"population\": \"out\" }]", "\"probes\": {}", "probes", "is an object { … }; it must be a list [ … ]")]
    [InlineData("{ \"kind\": \"lif-exp\", \"tauMs\": 20, \"thresholdMv\": 15 }", "\"lif-exp\"", "populations[1].model", "\"lif-exp\"; it must be an object { \"kind\": …, … }")]
    [InlineData("\"kind\": \"lif-exp\"", "\"kind\": 7", "populations[1].model.kind", "7; it must be one of gated-threshold, if, lif-delta, lif-exp, lif-cond, izhikevich, poisson, composite, winner-take-all, divisive-normalisation, backward-ports, first-spike, first-spike-readout, error-ports, answer-ports, start-port, spike-array")]
    [InlineData("\"kind\": \"lif-exp\"", "\"kind\": \"lif_exp\"", "populations[1].model.kind", "\"lif_exp\" is unknown; did you mean \"lif-exp\"?")]
    [InlineData("\"tauMs\": 20", "\"tauMs\": 1e999", "populations[1].model.tauMs", "1e999 is too large for a number")]
    [InlineData("\"tauMs\": 20", "\"tauMs\": 0", "populations[1].model.tauMs", "0 ms; give 0.002 to 1e9 ms, at ticks of 0.1 ms")]
    [InlineData("\"tauMs\": 20", "\"initialMv\": {\"kind\": \"uniform\", \"low\": 1, \"high\": 0}", "populations[1].model.initialMv", "low 1 is above high 0")]
    [InlineData("\"tauMs\": 20", "\"initialMv\": {\"kind\": \"unifrom\"}", "populations[1].model.initialMv.kind", "did you mean \"uniform\"?")]
    [InlineData("\"tauMs\": 20", "\"refractoryMs\": 0.25", "populations[1].model.refractoryMs", "0.25 ms is no whole number of ticks of 0.1 ms")]
    [InlineData("[9, 2]", "[9, 3]", "populations[0].model.spikes", "a spike of neuron 3 in a population of 3")]
    [InlineData("[9, 2]", "[9.5, 2]", "populations[0].model.spikes[1][0]", "9.5 is no whole number")]
    [InlineData("[9, 2]", "[9, -2]", "populations[0].model.spikes[1][1]", "-2; give 0 to 2147483647")]
    [InlineData("[9, 2]", "[9]", "populations[0].model.spikes[1]", "must be a list of two: [tick or time, neuron]")]
    [InlineData("\"spikes\": [[5, 0], [9, 2]]", "\"timesMs\": [[0.55, 0]]", "populations[0].model.timesMs[0][0]", "0.55 ms is no whole number of ticks of 0.1 ms")]
    [InlineData("[9, 2]]", "[9, 2]], \"grades\": [1]", "populations[0].model.grades", "1 grades for 2 spikes; give one for each")]
    [InlineData("[9, 2]]", "[9, 2]], \"grades\": 1", "populations[0].model.grades", "1; it must be a list [ … ]")]
    [InlineData("[9, 2]]", "[9, 2]], \"grades\": [1, \"2\"]", "populations[0].model.grades[1]", "\"2\"; it must be a number")]
    [InlineData("[9, 2]]", "[9, 2]], \"grades\": [1, 1e39]", "populations[0].model.grades[1]", "1e39 is too large for a grade of 32 bits")]
    [InlineData("[9, 2]]", "[5, 0]], \"grades\": [1, 2]", "populations[0].model.grades", "1 and 2 of neuron 0 at tick 5; give one")]
    [InlineData("[9, 2]]", "[9, 2]], \"grades\": [1, 2]", "projections[0].target", "model lif-exp of \"out\" does not take graded spikes, as those of \"in\" are")]
    [InlineData("{ \"kind\": \"gated-threshold\" }", "{ \"kind\": \"divisive-normalisation\" }", "projections[1].source", "the spikes of \"in\" have no grades; model divisive-normalisation of \"gate\" takes nothing else")]
    // impossible sizes
    [InlineData("\"timeStepMs\": 0.1", "\"timeStepMs\": 0", "timeStepMs", "0 is not a length of time")]
    [InlineData("\"size\": 4", "\"size\": 0", "populations[1].size", "0; give 1 to 100000000")]
    [InlineData("\"size\": 4", "\"size\": -3", "populations[1].size", "-3; give 1 to 100000000")]
    [InlineData("\"size\": 4", "\"size\": 100000001", "populations[1].size", "100000001; give 1 to 100000000")]
    [InlineData("\"size\": 4", "\"size\": 1e40", "populations[1].size", "1e40; give 1 to 100000000")]
    [InlineData("\"size\": 4", "\"size\": 99999999999999999999", "populations[1].size", "99999999999999999999; give 1 to 100000000")]
    [InlineData("\"probability\": 0.5", "\"probability\": 1.5", "projections[0].connectivity.probability", "1.5 is not a probability; give 0 to 1")]
    [InlineData("{ \"kind\": \"random\", \"probability\": 0.5 }", "{ \"kind\": \"fixed-in-degree\", \"inDegree\": 3000000000 }", "projections[0].connectivity.inDegree", "give 0 to 2147483647")]
    [InlineData("{ \"kind\": \"random\", \"probability\": 0.5 }", "{ \"kind\": \"pairs\", \"range\": { \"count\": 2000000000 } }", "projections[0].connectivity.range.count", "2000000000; give 0 to 3")]
    [InlineData("{ \"kind\": \"random\", \"probability\": 0.5 }", "{ \"kind\": \"pairs\", \"pairs\": [[0, 4]] }", "projections[0].connectivity.pairs[0]", "target 4 in a population of 4")]
    [InlineData("{ \"kind\": \"random\", \"probability\": 0.5 }", "{ \"kind\": \"one-to-one\" }", "projections[0].connectivity", "the populations must have the same size")]
    [InlineData("\"kind\": \"spikes\", \"population\": \"out\"", "\"kind\": \"count\", \"population\": \"out\", \"periodTicks\": 2000000000", "probes[0].periodTicks", "2000000000; give 1 to 1048576")]
    [InlineData("\"kind\": \"spikes\", \"population\": \"out\"", "\"kind\": \"spikes\", \"population\": \"out\", \"everyTicks\": 3, \"phase\": 3", "probes[0].phase", "3; give 0 to 2")]
    // dangling and doubled names
    [InlineData("\"source\": \"in\", \"target\": \"out\"", "\"source\": \"inn\", \"target\": \"out\"", "projections[0].source", "there is no population \"inn\"; did you mean \"in\"?")]
    [InlineData("\"source\": \"in\", \"target\": \"out\"", "\"source\": \"in\", \"target\": \"elsewhere\"", "projections[0].target", "there is no population \"elsewhere\"")]
    [InlineData("\"source\": \"in\", \"target\": \"out\"", "\"source\": \"in\", \"target\": \"in\"", "projections[0].target", "\"in\" is a source and takes no synapses")]
    [InlineData("{ \"target\": \"out\"", "{ \"target\": \"gate\"", "inputs[0].target", "\"gate\" is of model gated-threshold")]
    [InlineData("\"population\": \"out\"", "\"population\": \"ot\"", "probes[0].population", "there is no population \"ot\"; did you mean \"out\"?")]
    [InlineData("\"name\": \"gate\"", "\"name\": \"out\"", "populations[2].name", "there is already a population of this name")]
    [InlineData("\"source\": \"in\",", "\"name\": \"p\", \"source\": \"in\",", "projections[1].name", "there is already a projection of this name")]
    // delays
    [InlineData("\"delayMs\": 0.2", "\"delayMs\": 0", "projections[0].delayMs", "0 ms; delays are at least one tick (0.1 ms)")]
    [InlineData("\"delayMs\": 0.2", "\"delayMs\": -1", "projections[0].delayMs", "-1 ms; delays are at least one tick (0.1 ms)")]
    [InlineData("\"delayMs\": 0.2", "\"delayMs\": 0.25", "projections[0].delayMs", "0.25 ms is no whole number of ticks of 0.1 ms")]
    [InlineData("\"delayMs\": 0.2", "\"delayMs\": 1e6", "projections[0].delayMs", "delays are at most 16384 ticks (1638.4 ms)")]
    [InlineData("\"delayMs\": 0.2", "\"delayTicks\": 0", "projections[0].delayTicks", "0; delays are at least one tick (0.1 ms)")]
    [InlineData("\"delayMs\": 0.2", "\"delayTicks\": 1e5", "projections[0].delayTicks", "100000; delays are at most 16384 ticks")]
    [InlineData("\"delayMs\": 0.2", "\"delayMs\": { \"low\": 0, \"high\": 1 }", "projections[0].delayMs.low", "delays are at least one tick")]
    [InlineData("\"delayMs\": 0.2", "\"delayMs\": { \"low\": 2, \"high\": 1 }", "projections[0].delayMs", "low (20 ticks) is above high (10 ticks)")]
    [InlineData("\"delayMs\": 0.2", "\"delayMs\": 0.2, \"delayTicks\": 2", "projections[0].delayTicks", "is given beside \"delayMs\"; give one of them")]
    // weights
    [InlineData("[1, 2, 3, 4, 5, 6]", "[1, 2, 3]", "projections[1].weight", "3 weights for 6 synapses")]
    [InlineData("[1, 2, 3, 4, 5, 6]", "[1, 2, 3.5, 4, 5, 6]", "projections[1].weight.values[2]", "takes integers")]
    [InlineData("[1, 2, 3, 4, 5, 6]", "[1, 2, \"3\", 4, 5, 6]", "projections[1].weight.values[2]", "\"3\"; it must be a number")]
    [InlineData("\"values\": [1, 2, 3, 4, 5, 6]", "\"file\": \"w.npy\"", "projections[1].weight.file", "a network that is no file has no files beside it")]
    [InlineData("\"weight\": 1.5", "\"weight\": [1.5]", "projections[0].weight", "is a list [ … ]; it must be a number")]
    [InlineData("\"weight\": 1.5", "\"weight\": 1.5, \"learning\": { \"kind\": \"stdp\" }", "projections[0].learning.kind", "\"stdp\" is unknown; known are pair-stdp, spike-timing-gradient, hebbian-coincidence")]
    [InlineData("\"weight\": 1.5", "\"weight\": 1.5, \"learning\": { \"kind\": \"pair-stdp\", \"dependence\": \"none\" }", "projections[0].learning.dependence", "\"none\" is unknown; known are additive, multiplicative")]
    [InlineData("\"weight\": 1.5", "\"weight\": 1.5, \"learning\": { \"kind\": \"pair-stdp\", \"tauPlusMs\": 0 }", "projections[0].learning.tauPlusMs", "0; give a positive number")]
    [InlineData("\"rateHz\": 100", "\"rateHz\": -1", "inputs[0].rateHz", "-1 is not a rate")]
    public void A_mistake_is_answered_in_one_line_with_the_path_of_the_field(string right, string wrong, string field, string problem)
    {
        Assert.Contains(right, Small);
        string path = Write("net.json", Small.Replace(right, wrong));
        var error = Assert.Throws<NetworkException>(() => wrong.Contains("w.npy") ? Everything.Parse(Small.Replace(right, wrong)) : NetworkFile.Read(path));
        Assert.Equal(field, error.Field);
        Assert.Contains(problem, error.Problem);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal($"{(error.File is null ? "" : $"{path}: ")}{field}: {error.Problem}", error.Message);
    }

    [Fact]
    public void A_million_million_synapses_are_refused_by_name_and_number()
    {
        var error = Everything.Refusal(Small.Replace("\"size\": 4", "\"size\": 1000000").Replace("\"size\": 3", "\"size\": 1000000")
            .Replace("{ \"kind\": \"random\", \"probability\": 0.5 }", "{ \"kind\": \"dense\" }"))!;
        Assert.Equal("projections[0].connectivity: 1,000,000,000,000 synapses of \"in->out\"; a network has at most 68,719,476,736", error.Message);
    }

    [Fact]
    public void Many_large_projections_are_refused_together()
    {
        string one = "{ \"source\": \"out\", \"target\": \"out\", \"connectivity\": { \"kind\": \"random\", \"probability\": 0.025 }, \"weight\": 1 }";
        var error = Everything.Refusal(Small.Replace("\"size\": 4", "\"size\": 1000000").Replace("\"probability\": 0.5", "\"probability\": 0")
            .Replace("\"projections\": [", $"\"projections\": [{one}, {one}, {one},"))!;
        Assert.Equal("projections[2].connectivity", error.Field);
        Assert.Contains("make 75,000,000,000 in all", error.Problem);
    }

    [Fact]
    public void Populations_too_large_together_are_refused()
    {
        string one = "{ \"name\": \"#\", \"size\": 100000000, \"model\": { \"kind\": \"poisson\", \"rateHz\": 1 } }";
        string eleven = string.Join(", ", Enumerable.Range(0, 11).Select(i => one.Replace("#", $"p{i}")));
        var error = Everything.Refusal($"{{ \"format\": \"actorsnn-network\", \"version\": 1, \"name\": \"n\", \"timeStepMs\": 1, \"populations\": [{eleven}] }}")!;
        Assert.Equal("populations[10].size", error.Field);
    }

    [Fact]
    public void Sums_beyond_32_bits_are_refused_with_the_path_in_the_file() =>
        Assert.Equal("projections[1].weight", Everything.Refusal(Small.Replace("\"size\": 3", "\"size\": 1000")
            .Replace("{ \"kind\": \"array\", \"values\": [1, 2, 3, 4, 5, 6] }", "16777216"))!.Field);

    [Fact]
    public void Nesting_beyond_all_measure_is_refused()
    {
        var error = Everything.Refusal(new string('[', 100_000))!;
        Assert.Equal("line 1, byte 33", error.Field);
        Assert.Contains("32", error.Problem);
    }

    [Fact]
    public void Long_nonsense_is_not_repeated_in_the_error()
    {
        string nonsense = new('x', 1_000_000);
        foreach (string wrong in (string[])
        [
            Small.Replace("\"probes\"", $"\"{nonsense}\""), Small.Replace("\"small\"", $"\"{nonsense}\""), Small.Replace("\"lif-exp\"", $"\"{nonsense}\""),
            Small.Replace("\"size\": 4", $"\"size\": \"{nonsense}\""), Small.Replace("\"size\": 4", $"\"size\": {new string('9', 1_000_000)}"), $"{{ {nonsense} }}",
        ])
        {
            Assert.InRange(Everything.Refusal(wrong)!.Message.Length, 10, 500);
        }
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\0\0\0\0", "is no JSON: ")]
    [InlineData("\u00ff\u00fe{", "is no text in UTF-8")]
    public void What_is_no_text_is_no_network(string latin1, string problem)
    {
        string path = Path.Combine(_directory, "net.json");
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(latin1));
        var error = Assert.Throws<NetworkException>(() => NetworkFile.Read(path));
        Assert.Equal(path, error.File);
        Assert.Contains(problem, error.Message);
    }

    [Fact]
    public void Missing_files_directories_and_huge_files_are_refused_at_once()
    {
        Assert.EndsWith(": does not exist", Refusal("none.json"));
        Assert.EndsWith(": does not exist", Refusal("none/net.json"));
        Directory.CreateDirectory(Path.Combine(_directory, "folder"));
        Assert.EndsWith(": is a directory; give a network file", Refusal("folder"));
        using (var file = File.Create(Path.Combine(_directory, "huge.json"))) file.SetLength(1L << 30);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("huge.json: is 1,024 MB; a network file has at most 64 MB", Refusal("huge.json"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void What_is_written_is_read_back_equal()
    {
        var network = Everything.Network;
        var again = Everything.Parse(NetworkFile.ToJson(network));
        Assert.Equal(network.Hash, again.Hash);
        Assert.Equal(network.Name, again.Name);
        Assert.Equal(network.Probes.ToArray(), again.Probes.ToArray());
        Assert.Equal(NetworkFile.ToJson(network), NetworkFile.ToJson(again));
    }

    [Fact]
    public void Defaults_and_odd_names_survive_writing()
    {
        var network = new NetworkBuilder("quotes \" and ünïcode ☃", seed: 3, timeStepMs: 1.0 / 3)
            .AddPopulation("a\\b", 5, new LifConductance(RefractoryMs: 5)).AddPopulation("{", 2, new Izhikevich()).AddPopulation("s", 1, new SpikeArraySource())
            .AddProjection("s", "{", Connectivity.Pairs(), Weight.Normal(1.0 / 3, 1e-300), Delay.Ticks(Delay.MaxTicks))
            .AddProjection("s", "{", Connectivity.Pairs((0, 1)), Weight.Constant(-0.0), learning: new PairStdp(MinWeight: -2))
            .Build();
        Assert.Equal(network.Hash, Everything.Parse(NetworkFile.ToJson(network)).Hash);
    }

    [Fact]
    public void Many_weights_go_to_a_file_beside_and_come_back()
    {
        var values = Enumerable.Range(0, 300 * 5).Select(i => i / 7f).ToArray();
        var network = new NetworkBuilder("n").AddPopulation("a", 300, new PoissonSource(1)).AddPopulation("b", 5, new LifDelta())
            .AddProjection("a", "b", Connectivity.Dense, Weight.Array(values.ToImmutableArray()))
            .AddProjection("a", "b", Connectivity.Pairs((3, 4)), Weight.Array(new[] { 0.1f })).Build();
        string path = Path.Combine(_directory, "weights.json");
        NetworkFile.Write(path, network);
        Assert.Equal(["weights.json", "weights.weights-0.npy"], Directory.GetFiles(_directory).Select(Path.GetFileName).Order());
        Assert.Equal(network.Hash, NetworkFile.Read(path).Hash);
        Assert.Equal(network.Hash, Everything.Parse(NetworkFile.ToJson(network)).Hash);
    }

    [Theory]
    [InlineData("<f4", "1.5,2,3,4,5,6")]
    [InlineData("<f8", "1.5,2,3,4,5,6")]
    [InlineData("<i4", "1,2,3,4,5,6")]
    [InlineData("<i8", "1,2,3,4,5,6")]
    public void Weights_of_numpy_are_read(string type, string list)
    {
        double[] values = [.. list.Split(',').Select(double.Parse)];
        byte[] data = [.. values.SelectMany(v => type switch
        {
            "<f4" => BitConverter.GetBytes((float)v),
            "<f8" => BitConverter.GetBytes(v),
            "<i4" => BitConverter.GetBytes((int)v),
            _ => BitConverter.GetBytes((long)v),
        })];
        WriteNpy($"{{'descr': '{type}', 'fortran_order': False, 'shape': (3, 2), }}", data);
        Assert.Equal(values.Select(v => (float)v), ((Weight.ArrayWeight)ReadWithFile().Projections[1].Weight).Values);
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2), }", 24, "is in column-major order")]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (3, 2), }", 24, "holds \">f4\"; give <f4, <f8, <i4 or <i8")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (3, 2), }", 24, "holds \"|O\"")]
    [InlineData("{'descr': [('a', '<f4')], 'shape': (3, 2), }", 24, "has a header without descr and shape")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }", 23, "holds 23 bytes of data for 6 numbers of 4 bytes")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999), }", 24, "holds 24 bytes of data for")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (5,), }", 20, "5 weights for 6 synapses")]
    public void Weight_files_that_cannot_be_used_are_named(string header, int bytes, string problem)
    {
        WriteNpy(header, new byte[bytes]);
        var error = Assert.Throws<NetworkException>(ReadWithFile);
        Assert.StartsWith("projections[1].weight", error.Field);
        Assert.Contains(problem, error.Message);
    }

    [Fact]
    public void A_weight_file_that_is_missing_or_something_else_is_named()
    {
        Assert.Contains("w.npy: does not exist", Assert.Throws<NetworkException>(ReadWithFile).Message);
        File.WriteAllText(Path.Combine(_directory, "w.npy"), "1 2 3 4 5 6");
        Assert.Contains("w.npy: is no NPY file", Assert.Throws<NetworkException>(ReadWithFile).Message);
        File.WriteAllBytes(Path.Combine(_directory, "w.npy"), [0x93, .. "NUMPY"u8, 1, 0, 200]);
        Assert.Contains("w.npy: is cut short", Assert.Throws<NetworkException>(ReadWithFile).Message);
    }

    [Fact]
    public void Grades_keep_their_bits_in_a_file()
    {
        var grades = Enumerable.Range(0, 200).Select(i => new GradedSpike(i, 0, BitConverter.Int32BitsToSingle(i * 21_390_001 & 0x7F7F_FFFF) * (i % 2 * 2 - 1)));
        var network = new NetworkBuilder("n").AddPopulation("errors", 1, SpikeArraySource.Graded(grades.Append(new GradedSpike(200, 0, float.Epsilon)))).Build();
        Assert.Equal(network.Hash, Everything.Parse(NetworkFile.ToJson(network)).Hash);
    }

    [Fact]
    public void Samples_of_a_data_set_have_no_place_in_a_file()
    {
        var network = new NetworkBuilder("n").AddPopulation("x", 3, new SampleSource(new BitFrames(1, 3, [1]), new SamplePresentation(1, 4), 0)).Build();
        Assert.Contains("model samples has no place in a network file", Assert.Throws<NetworkException>(() => NetworkFile.ToJson(network)).Message);
    }

    private string Refusal(string name) => Assert.Throws<NetworkException>(() => NetworkFile.Read(Path.Combine(_directory, name))).Message;

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    private void WriteNpy(string header, byte[] data)
    {
        byte[] text = Encoding.ASCII.GetBytes(header + "\n");
        File.WriteAllBytes(Path.Combine(_directory, "w.npy"), [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. text, .. data]);
    }

    // The target takes real weights, as some of the files hold.
    private Network ReadWithFile() => NetworkFile.Read(Write("net.json", Small.Replace("\"kind\": \"gated-threshold\"", "\"kind\": \"if\"")
        .Replace("\"values\": [1, 2, 3, 4, 5, 6]", "\"file\": \"w.npy\"")));
}
