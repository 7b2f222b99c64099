using System.Text.Json.Nodes;
using ActorSnn.Cores;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Mesh.Tests.Checkpoints;

public sealed class CheckpointDirectoryTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("actorsnn-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_run_continued_from_a_file_is_the_undisturbed_run()
    {
        var network = Recurrent();
        using var undisturbed = Mesh(network, cores: 1);
        undisturbed.RunTo(400);

        using var first = Mesh(network, cores: 1);
        first.RunTo(173);
        var state = first.Capture();
        var run = new JsonObject { ["seed"] = 7, ["history"] = new JsonArray(0.5, 0.25) };
        string file = Checkpoints.Save(state, run);

        var checkpoint = Checkpoints.TryLoadLatest(out string? warning)!;
        Assert.Null(warning);
        Assert.Equal(file, checkpoint.File);
        Assert.Equal(173, checkpoint.Tick);
        Assert.Equal(network.Hash, checkpoint.NetworkHash);
        Assert.Equal(7, checkpoint.RequireOfRun<int>("seed"));
        Assert.Equal("[0.5,0.25]", checkpoint.Run["history"]!.ToJsonString());
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
    public void A_run_of_real_valued_neurons_continued_from_a_file_is_the_undisturbed_run(int seed)
    {
        var network = RandomRealNetworks.Make(seed, probes: true);
        using var undisturbed = Mesh(network, cores: 1);
        undisturbed.RunTo(150);
        foreach (long tick in (long[])[0, 3, 77])
        {
            using var first = new EmbeddedEngine().Build(RandomPlacements.Make(network, 4, seed), new MeshOptions(Threads: 1));
            first.RunTo(tick);
            Checkpoints.Save(first.Capture(), []);
            var loaded = Checkpoints.TryLoadLatest(out _)!.StateOf(RandomRealNetworks.Make(seed));
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
        foreach (long tick in (long[])[5, 10, 9_999_999, 10_000_000]) Checkpoints.Save(StateAt(tick), []);
        Assert.Equal(["checkpoint-000000009999999.ckpt", "checkpoint-000000010000000.ckpt"], Names());
        Assert.Equal(10_000_000, Checkpoints.TryLoadLatest(out _)!.Tick);
    }

    [Fact]
    public void Leftovers_of_a_killed_save_go_with_the_next()
    {
        Checkpoints.Save(StateAt(5), []);
        File.WriteAllText(Path.Combine(_directory, ".checkpoint-000000000000007.ckpt.0123.tmp"), "half");
        File.WriteAllText(Path.Combine(_directory, "notes.txt"), "mine");
        Assert.Equal(5, Checkpoints.TryLoadLatest(out _)!.Tick);
        Checkpoints.Save(StateAt(9), []);
        Assert.Equal(["checkpoint-000000000000005.ckpt", "checkpoint-000000000000009.ckpt", "notes.txt"], Names());
    }

    [Fact]
    public void A_damaged_one_is_passed_over_and_named()
    {
        Checkpoints.Save(StateAt(5), []);
        string newest = Checkpoints.Save(StateAt(10), []);
        Damage(newest);
        Assert.Equal(5, Checkpoints.TryLoadLatest(out string? warning)!.Tick);
        Assert.StartsWith($"{newest}: is damaged", warning);
        Assert.EndsWith("the checkpoint before it, checkpoint-000000000000005.ckpt, is used", warning);
        Assert.DoesNotContain('\n', warning!);

        // The run goes on from 5: what it saves next must not be beaten, or its predecessor displaced, by the damaged one.
        Checkpoints.Save(StateAt(7), []);
        Assert.Equal(["checkpoint-000000000000005.ckpt", "checkpoint-000000000000007.ckpt"], Names());
    }

    [Fact]
    public void When_none_is_whole_the_newest_is_named()
    {
        Damage(Checkpoints.Save(StateAt(5), []));
        string newest = Checkpoints.Save(StateAt(10), []);
        File.WriteAllBytes(newest, File.ReadAllBytes(newest)[..100]);
        var e = Assert.Throws<ArchiveException>(() => Checkpoints.TryLoadLatest(out _));
        Assert.Equal(newest, e.File);
    }

    [Fact]
    public void A_directory_without_checkpoints_has_none()
    {
        Assert.Null(new CheckpointDirectory(Path.Combine(_directory, "none")).TryLoadLatest(out _));
        Assert.False(Checkpoints.HasCheckpoints);
        File.WriteAllText(Path.Combine(_directory, "checkpoint-x.ckpt"), "");
        Assert.False(Checkpoints.HasCheckpoints);
        Checkpoints.Save(StateAt(1), []);
        Assert.True(Checkpoints.HasCheckpoints);
    }

    [Fact]
    public void The_state_of_another_network_is_refused()
    {
        string file = Checkpoints.Save(StateAt(5), []);
        var e = Assert.Throws<ArchiveException>(() => Checkpoints.TryLoadLatest(out _)!.StateOf(Recurrent(weight: 700)));
        Assert.Equal($"{file}: is of network {Recurrent().Hash[..12]}; this one is {Recurrent(weight: 700).Hash[..12]}", e.Message);
    }

    [Fact]
    public void A_checkpoint_of_another_version_is_refused()
    {
        string file = Path.Combine(_directory, "checkpoint-000000000000005.ckpt");
        new ArrayArchive(Checkpoint.Kind, Checkpoint.Version + 1, []).Save(file);
        var e = Assert.Throws<ArchiveException>(() => Checkpoints.TryLoadLatest(out _));
        Assert.Equal($"{file}: format version {Checkpoint.Version + 1}; this build reads version {Checkpoint.Version}", e.Message);
    }

    private CheckpointDirectory Checkpoints => new(_directory);

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

    private static void Damage(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 0x10;
        File.WriteAllBytes(file, bytes);
    }

    private string[] Names() => [.. Directory.GetFiles(_directory).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
}
