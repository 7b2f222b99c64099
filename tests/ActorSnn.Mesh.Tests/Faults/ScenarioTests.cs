using System.Text;
using ActorSnn.Mesh.Faults;
using ActorSnn.Networks;

namespace ActorSnn.Mesh.Tests.Faults;

public class ScenarioTests
{
    [Fact]
    public void What_happens_inside_the_simulation_becomes_part_of_the_network()
    {
        var builder = Network();
        EverythingThatBreaks.Parse(EverythingThatBreaks.Json).ApplyTo(builder, new SampleTimes(12));
        var network = builder.Build();
        Assert.Equal(9, network.Faults.Length);
        Assert.Equal(new SilenceNeurons(new("h*", 0.25, 12), 10, 599), network.Faults[0]);
        Assert.Equal([1, 2], ((SilenceNeurons)network.Faults[1]).Neurons.Neurons!.Value.ToArray());
        Assert.Equal(new StickNeurons(new("h", 0.5, 12), 10, 19, 3), network.Faults[2]);
        Assert.Equal(1, ((StickNeurons)network.Faults[3]).PeriodTicks);
        Assert.Equal(new FlipWeightBits(new("x->h", 0.25, 12), 3, 10), network.Faults[4]);
        Assert.Equal([(0, 1), (1, 0)], ((FlipWeightBits)network.Faults[5]).Synapses.Pairs!.Value.ToArray());
        Assert.Equal(new FlipWeightBitsAtRate("x->h", 0.25, 3, 10, 19, 12), network.Faults[6]);
        Assert.Equal(new StickWeightBits(new("x->h", 0.25, 12), 3, true, 10), network.Faults[7]);
        Assert.Equal(12UL, network.Timing!.Seed);
        Assert.Equal(
        [
            new Disturbance("x*", Loss: 0.25, FirstTick: 10, LastTick: 19), new Disturbance("x*", Duplication: 0.25, FirstTick: 10, LastTick: 19),
            new Disturbance("x*", 2, 3, Delayed: 0.25, FirstTick: 10, LastTick: 19), new Disturbance("x*", 1, 3, Delayed: 0.25, FirstTick: 10, LastTick: 19),
            new Disturbance("x*", Loss: 0.25, FirstTick: 10, LastTick: 19),
        ], network.Timing.Disturbances.ToArray());
    }

    [Fact]
    public void What_happens_to_the_machine_is_left_to_it()
    {
        var scenario = EverythingThatBreaks.Parse(EverythingThatBreaks.Json);
        var faults = scenario.MachineFaults.ToArray();
        Assert.Equal(12, faults.Length);
        Assert.Equal(new LinkFault(14, 20, "lose", new(TimeUnit.Seconds, 1), new(TimeUnit.Seconds, 2.5), LinkFaultKind.Lose, "a", "b*", 0.25, 0, 0), faults[0]);
        Assert.Equal(new LinkFault(16, 22, "delay", new(TimeUnit.Seconds, 1), new(TimeUnit.Seconds, 2.5), LinkFaultKind.Delay, "*", "*", 0.25, 2.5, 1.5), faults[2]);
        Assert.Equal(("3", 100.0), faults.OfType<SlowCore>().Select(f => (f.Cores, f.MicrosecondsPerTick)).Single());
        Assert.Equal(("1?", true), faults.OfType<KilledCore>().Select(f => (f.Cores, f.ChoosesOne)).Single());
        Assert.Equal([NodeFaultKind.Kill, NodeFaultKind.Freeze, NodeFaultKind.Restart], faults.OfType<NodeFault>().Select(f => f.What));
        Assert.Equal([false, true], faults.OfType<CutNodes>().Select(f => f.Heals));
        var sound = Network().Build();
        var builder = Network();
        EverythingThatBreaks.Parse("name: n\nfaults: [{kind: kill-node, nodes: n1}, {kind: lose, links: {}, rate: 0.5}]").ApplyTo(builder);
        Assert.Equal(sound.Hash, builder.Build().Hash);
    }

    [Fact]
    public void Faults_at_a_rate_come_at_times_drawn_from_the_seed()
    {
        var scenario = EverythingThatBreaks.Parse("{name: n, seed: 4, faults: [{kind: kill-node, nodes: '*', choose: one, perSecond: 0.5}, {kind: kill-node, nodes: '*', perSecond: 0.5}]}");
        var (one, other) = (scenario.MachineFaults.First(), scenario.MachineFaults.Last());
        Assert.InRange(Enumerable.Range(0, 2000).Average(i => scenario.GapBefore(one, i)), 1.8, 2.2);
        Assert.Equal(scenario.GapBefore(one, 5), scenario.GapBefore(one, 5));
        Assert.NotEqual(scenario.GapBefore(one, 5), scenario.GapBefore(other, 5));
        Assert.NotEqual(scenario.GapBefore(one, 5), (scenario with { Seed = 5 }).GapBefore(one, 5));
        Assert.All(Enumerable.Range(0, 300).GroupBy(i => scenario.Choose(one, i, 3)), g => Assert.InRange(g.Count(), 60, 140));
    }

    [Fact]
    public void Timing_that_the_network_has_is_added_to()
    {
        var builder = Network().SetTiming(new DelayedTiming(3, seed: 9));
        EverythingThatBreaks.Parse("name: n\nfaults: [{kind: lose, projections: '*', rate: 0.5}]").ApplyTo(builder);
        Assert.Equal((9UL, 2), (builder.Timing!.Seed, builder.Timing.Disturbances.Length));
    }

    [Theory]
    [InlineData("", "s.yaml: is empty")]
    [InlineData("name: n\nfaults: [\n", "s.yaml:3: is no YAML")]
    [InlineData("name: n\nfaults: nothing", "s.yaml:2: faults: \"nothing\"; it must be a list")]
    [InlineData("name: n\nfaults: []", "s.yaml:2: faults: is an empty list; give at least one")]
    [InlineData("name: n\nname: m\nfaults: [{kind: heal, one: a}]", "s.yaml:2: name: is given twice; give it once")]
    [InlineData("name: n\nfalts: []", "s.yaml:2: falts: unknown field; did you mean \"faults\"?")]
    [InlineData("name: n\nfaults:\n- kind: kill-nod", "s.yaml:3: faults[0].kind: \"kill-nod\" is unknown; did you mean \"kill-node\"?")]
    [InlineData("name: n\nfaults:\n- kind: heal\n  one: a\n  other: [b]", "s.yaml:5: faults[0].other: is a list; it must be a text")]
    [InlineData("name: n\nfaults:\n- kind: lose\n  rate: 0.5", "s.yaml:3: faults[0].projections: is missing; give \"projections\" for spikes on their way to neurons, \"links\" for packets between nodes, or between cores in one process")]
    [InlineData("name: n\nfaults:\n- kind: lose\n  links: {form: a}\n  rate: 1", "s.yaml:4: faults[0].links.form: unknown field; did you mean \"from\"?")]
    [InlineData("name: n\nfaults:\n- kind: silence\n  populations: h\n  at: {seconds: 3}", "s.yaml:5: faults[0].at: is a wall time, but this fault reaches neurons")]
    [InlineData("name: n\nfaults:\n- kind: silence\n  populations: h\n  at: {tick: 3}\n  until: {tick: 3}", "s.yaml:6: faults[0].until: is not after \"at\"")]
    [InlineData("name: n\nfaults:\n- kind: silence\n  populations: h\n  at: {tick: 1.5}", "s.yaml:5: faults[0].at.tick: 1.5 is no whole number")]
    [InlineData("name: n\nfaults:\n- kind: silence\n  populations: h\n  share: 1.5", "s.yaml:5: faults[0].share: 1.5; give 0 to 1")]
    [InlineData("name: n\nfaults:\n- kind: silence\n  populations: h\n  share: .nan", "s.yaml:5: faults[0].share: \".nan\"; it must be a number")]
    [InlineData("name: n\nfaults:\n- kind: silence\n  populations: h\n  share: 1\n  neurons: [1]", "give one of them")]
    [InlineData("name: n\nfaults:\n- kind: flip\n  projections: h\n  synapses: [[1, 2, 3]]\n  bit: 1", "s.yaml:5: faults[0].synapses[0]: must be a list of two")]
    [InlineData("name: n\nfaults:\n- kind: flip\n  projections: h\n  until: {tick: 5}", "s.yaml:5: faults[0].until: is given for bits that flip once")]
    [InlineData("name: n\nfaults:\n- kind: freeze-node\n  nodes: a\n  seconds: 1e7", "s.yaml:5: faults[0].seconds: 1e7; give 0 to 86400")]
    [InlineData("name: &a n\nfaults: [{kind: heal, one: *a}]", "s.yaml:1: an anchor; write out what is meant")]
    [InlineData("name: !x n\nfaults: []", "s.yaml:1: a tag")]
    [InlineData("name: n\nfaults: [{kind: heal, one: a}]\n---\nname: m", "s.yaml:3: a second document begins")]
    [InlineData("name: [[[[[[[[[[[[]]]]]]]]]]]]", "s.yaml:1: is nested too deeply")]
    [InlineData("- a", "s.yaml:1: is a list; it must be fields with values")]
    [InlineData("? [a]\n: b", "s.yaml:1: the name of a field is no text")]
    public void A_bad_file_is_one_line_that_says_where_and_what_would_be_right(string yaml, string message)
    {
        using var directory = new TemporaryFile(yaml);
        var refusal = Assert.Throws<ScenarioException>(() => Scenario.Read(directory.Path));
        Assert.Contains(message, refusal.Message.Replace(directory.Path, "s.yaml"));
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Theory]
    [InlineData("{kind: silence, populations: hh}", "s.yaml:3: faults[1].populations: there is no population \"hh\"; did you mean \"h\"?")]
    [InlineData("{kind: silence, populations: h, neurons: [9]}", "s.yaml:3: faults[1].neurons: neuron 9 of \"h\"; it has 3, counted from 0")]
    [InlineData("{kind: stick, populations: h, at: {sample: 3}}", "s.yaml:3: faults[1].at.sample: a time in samples, but the network shows no samples; give \"tick\"")]
    [InlineData("{kind: lose, projections: y*, rate: 0.5}", "s.yaml:3: faults[1].projections: \"y*\" stands for no projection; there are \"x->h\"")]
    [InlineData("{kind: flip, projections: x->h, bit: 12}", "s.yaml:3: faults[1].projections: the weights of \"x->h\" have bits 0 to 7, not 12")]
    public void A_scenario_that_does_not_fit_the_network_says_where(string fault, string message)
    {
        using var directory = new TemporaryFile($"name: n\nfaults: [{{kind: heal, one: a}},\n {fault}]");
        var scenario = Scenario.Read(directory.Path);
        var refusal = Assert.Throws<ScenarioException>(() => scenario.ApplyTo(Network()));
        Assert.Equal(message, refusal.Message.Replace(directory.Path, "s.yaml"));
    }

    [Fact]
    public void Files_that_are_missing_too_large_or_no_text_are_refused()
    {
        Assert.EndsWith("does not exist", Assert.Throws<ScenarioException>(() => Scenario.Read("/nowhere/s.yaml")).Message);
        Assert.Contains("is a directory", Assert.Throws<ScenarioException>(() => Scenario.Read(Path.GetTempPath())).Message);
        using var large = new TemporaryFile($"name: n\n#{new string('x', Scenario.MaxBytes)}");
        Assert.Contains("is larger than 4 MB", Assert.Throws<ScenarioException>(() => Scenario.Read(large.Path)).Message);
        Assert.Contains("no text in UTF-8", Assert.Throws<ScenarioException>(() => Scenario.Parse([0x6e, 0xff])).Message);
    }

    /// <summary>Whatever is cut off or damaged: one line, or a scenario.</summary>
    [Fact]
    public void No_damaged_file_breaks_the_reader()
    {
        var bytes = Encoding.UTF8.GetBytes(EverythingThatBreaks.Json);
        var random = new Random(1);
        for (int i = 0; i < 1000; i++)
        {
            var damaged = bytes.AsSpan(0, i % 3 == 0 ? random.Next(bytes.Length) : bytes.Length).ToArray();
            if (damaged.Length > 0 && i % 3 != 0) damaged[random.Next(damaged.Length)] = (byte)random.Next(32, 127);
            try
            {
                Scenario.Parse(damaged);
            }
            catch (ScenarioException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }
    }

    private static NetworkBuilder Network() => new NetworkBuilder("n")
        .AddPopulation("x", 2, new PoissonSource(10)).AddPopulation("h", 3, new GatedThresholdNeuron())
        .AddProjection("x", "h", Connectivity.Dense, Weight.Constant(2));

    private sealed class TemporaryFile : IDisposable
    {
        public TemporaryFile(string text) => File.WriteAllText(Path, text);

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
