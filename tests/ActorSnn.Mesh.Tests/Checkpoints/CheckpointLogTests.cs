using System.Text.Json.Nodes;
using ActorSnn.Cores;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;
using ActorSnn.Stores;
using ActorSnn.Tests;

namespace ActorSnn.Mesh.Tests.Checkpoints;

public sealed class CheckpointLogTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("actorsnn-test-").FullName;
    private readonly IRunStore _store;

    public CheckpointLogTests() => _store = RunStores.Open($"dir:{_directory}");

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void A_run_continued_from_a_checkpoint_is_the_undisturbed_run()
    {
        var network = Recurrent();
        using var undisturbed = Mesh(network, cores: 1);
        undisturbed.RunTo(400);

        using var first = Mesh(network, cores: 1);
        first.RunTo(173);
        var state = first.Capture();
        var name = Begun().Save(state, new JsonObject { ["seed"] = 7, ["history"] = new JsonArray(0.5, 0.25) });

        var checkpoint = Latest(out string? warning)!;
        Assert.Null(warning);
        Assert.Equal(name, checkpoint.Name);
        Assert.Equal($"checkpoint 173 in dir:{_directory}", $"{name}");
        Assert.Equal(network.Hash, checkpoint.NetworkHash);
        Assert.Equal(7, checkpoint.RequireOfRun<int>("seed"));
        Assert.Equal("[0.5,0.25]", checkpoint.Run["history"]!.ToJsonString());
        Assert.Contains("\"spin\" in its notes is missing", Assert.Throws<ArchiveException>(() => checkpoint.RequireOfRun<int>("spin")).Message);
        var loaded = checkpoint.StateOf(Recurrent());
        Assert.Equal(state.Hash(), loaded.Hash());
        Assert.Equal(state.SpikeCount, loaded.SpikeCount);
        Assert.Equal(state.ProbeCounts["b by phase"], loaded.ProbeCounts["b by phase"]);

        using var second = Mesh(network, cores: 3);
        second.Restore(loaded);
        second.RunTo(400);
        Assert.Equal(undisturbed.Capture().Hash(), second.Capture().Hash());
        Assert.Equal(undisturbed.TakeRecordings().Counts("b by phase").ToArray(), second.TakeRecordings().Counts("b by phase").ToArray());
        Assert.True(undisturbed.Capture().SpikeCount > state.SpikeCount);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(25)]
    [InlineData(36)]
    public void A_run_of_real_valued_neurons_continued_from_a_checkpoint_is_the_undisturbed_run(int seed)
    {
        var network = RandomRealNetworks.Make(seed, probes: true);
        using var undisturbed = Mesh(network, cores: 1);
        undisturbed.RunTo(150);
        foreach (long tick in (long[])[0, 3, 77])
        {
            using var first = new EmbeddedEngine().Build(RandomPlacements.Make(network, 4, seed), new MeshOptions(Threads: 1));
            first.RunTo(tick);
            Begun().Save(first.Capture(), []);
            var loaded = Latest(out _)!.StateOf(RandomRealNetworks.Make(seed, probes: true));
            Assert.Equal(first.Capture().Hash(), loaded.Hash());
            Assert.Equal(first.Capture().SynapticEvents, loaded.SynapticEvents);

            using var second = Mesh(network, cores: 3);
            second.RunTo(20);
            second.Restore(loaded);
            second.RunTo(150);
            Assert.Equal(undisturbed.Capture().Hash(), second.Capture().Hash());
            Assert.Equal(undisturbed.Capture().SynapticEvents, second.Capture().SynapticEvents);
        }
    }

    [Fact]
    public void The_last_two_are_kept()
    {
        var log = Begun();
        foreach (long tick in (long[])[5, 10, 9_999_999, 10_000_000]) log.Save(StateAt(tick), []);
        Assert.Equal([10_000_000, 9_999_999], Ticks());
        Assert.Equal(2, Directory.GetFiles(Path.Combine(_directory, "run"), "state-*").Length);
        Assert.Equal(10_000_000, Latest(out _)!.Tick);
    }

    [Fact]
    public void A_damaged_one_is_passed_over_and_named()
    {
        var log = Begun();
        log.Save(StateAt(5), []);
        log.Save(StateAt(10), []);
        Damage(10);
        Assert.Equal(5, Latest(out string? warning)!.Tick);
        Assert.Contains("is damaged", warning);
        Assert.EndsWith("the checkpoint before it, of tick 5, is used", warning);
        Assert.DoesNotContain('\n', warning!);

        // The run goes on from 5: what it saves next must not be beaten, or its predecessor displaced, by the damaged one.
        Begun().Save(StateAt(7), []);
        Assert.Equal([7, 5], Ticks());
    }

    [Fact]
    public void When_none_is_whole_the_newest_is_named()
    {
        var log = Begun();
        log.Save(StateAt(5), []);
        log.Save(StateAt(10), []);
        Damage(5);
        Damage(10);
        Assert.Contains("at tick 10", Assert.Throws<DamagedPartException>(() => Latest(out _)).Message);
    }

    [Fact]
    public void A_run_that_has_not_begun_has_none()
    {
        var log = new CheckpointLog(_store, "run");
        Assert.False(log.HasCheckpoints);
        Assert.Null(log.TryLoadLatest(out _));
        log.Begin([]);
        Assert.False(log.HasCheckpoints);
        Assert.Equal(RunStatus.Running, _store.FindRun("run")!.Status);
        log.Save(StateAt(1), []);
        Assert.True(log.HasCheckpoints);
        log.End(RunStatus.Done);
        Assert.Equal(RunStatus.Done, _store.FindRun("run")!.Status);
    }

    [Fact]
    public void Who_is_overtaken_by_another_process_can_write_no_more()
    {
        var frozen = Begun();
        frozen.Save(StateAt(5), []);
        var other = Begun();
        Assert.Throws<StaleEpochException>(() => frozen.Save(StateAt(10), []));
        Assert.Throws<StaleEpochException>(() => frozen.End(RunStatus.Done));
        Assert.Equal([5], Ticks());
        other.Save(StateAt(9), []);
        Assert.Equal([9, 5], Ticks());
    }

    [Fact]
    public void Parts_of_several_nodes_are_one_checkpoint_and_a_missing_one_shows()
    {
        var network = Recurrent();
        var nodes = new NodesInStep(network, seed: 2).RunTo(90);
        Assert.True(nodes.Nodes > 1);
        string hash = nodes.Capture().Hash();
        var log = Begun();
        long epoch = _store.FindRun("run")!.Epoch;
        var parts = Enumerable.Range(0, nodes.Nodes).Where(n => nodes.SlicesOf(n).Count > 0)
            .Select(n => _store.WritePart("run", epoch, new PartKey(90, PartKind.State, n), StatePart.Write(nodes.Capture(n), nodes.SlicesOf(n)))).ToList();
        _store.Commit("run", epoch, new CheckpointManifest(90, epoch, parts, "{}"));
        Assert.Equal(hash, log.TryLoadLatest(out _)!.StateOf(network).Hash());

        _store.Commit("run", epoch, new CheckpointManifest(90, epoch, parts[1..], "{}"));
        Assert.StartsWith($"checkpoint 90 in dir:{_directory}: lacks ", Assert.Throws<ArchiveException>(() => log.TryLoadLatest(out _)!.StateOf(network)).Message);
    }

    [Fact]
    public async Task A_run_that_is_still_being_written_is_read_as_it_is_at_some_moment()
    {
        var states = Enumerable.Range(0, 60).Select(i => StateAt(i)).ToArray();
        var log = Begun();
        log.Save(states[0], []);
        var writer = Task.Run(() =>
        {
            foreach (var state in states) log.Save(state, []);
        });
        do
        {
            Assert.NotNull(Latest(out string? warning));
            Assert.Null(warning);
        }
        while (!writer.IsCompleted);
        await writer;
        Assert.Equal(59, Latest(out _)!.Tick);
    }

    [Fact]
    public void The_state_of_another_network_is_refused()
    {
        Begun().Save(StateAt(5), []);
        var e = Assert.Throws<ArchiveException>(() => Latest(out _)!.StateOf(Recurrent(weight: 700)));
        Assert.Equal($"checkpoint 5 in dir:{_directory}: is of network {Recurrent().Hash[..12]}; this one is {Recurrent(weight: 700).Hash[..12]}", e.Message);
    }

    private CheckpointLog Begun()
    {
        var log = new CheckpointLog(_store, "run");
        log.Begin([]);
        return log;
    }

    private Checkpoint? Latest(out string? warning) => new CheckpointLog(_store, "run").TryLoadLatest(out warning);

    private IEnumerable<long> Ticks() => _store.Checkpoints("run").Select(c => c.Tick);

    private static NetworkState StateAt(long tick) => new(Recurrent(), tick);

    private static IMesh Mesh(Network network, int cores) =>
        new EmbeddedEngine().Build(Placer.Place(network, new PlacementOptions(cores)), new MeshOptions(Threads: 1));

    /// <summary>Plastic, recurrent, with long delays, so that every part of the state matters.</summary>
    private static Network Recurrent(int weight = 600) => new NetworkBuilder("recurrent", seed: 3)
        .AddPopulation("noise", 70, new PoissonSource(120))
        .AddPopulation("a", 70, new GatedThresholdNeuron())
        .AddPopulation("b", 33, new GatedThresholdNeuron())
        .AddProjection("noise", "a", Connectivity.OneToOne, Weight.Constant(1100))
        .AddProjection("a", "b", Connectivity.Dense, Weight.Uniform(-200, 200, step: 2), Delay.Ticks(2),
            new HebbianCoincidence(new ReinforcementClock(5, [1, 2])))
        .AddProjection("b", "a", Connectivity.Random(0.2), Weight.Constant(weight), Delay.Uniform(1, 9))
        .AddProjection("a", "b", Connectivity.Dense, Weight.Constant(150), Delay.Ticks(7))
        .AddProbe(new SpikeCountProbe("b by phase", "b", 5))
        .Build();

    private void Damage(long tick)
    {
        string file = Assert.Single(Directory.GetFiles(Path.Combine(_directory, "run"), $"state-{tick:d15}-*"));
        byte[] bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 0x10;
        File.WriteAllBytes(file, bytes);
    }
}
