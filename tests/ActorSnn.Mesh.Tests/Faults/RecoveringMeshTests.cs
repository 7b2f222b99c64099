using ActorSnn.Cores;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Mesh.Faults;
using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Mesh.Tests.Faults;

/// <summary>Meshes in one process that are broken on purpose end as undisturbed ones do.</summary>
public class RecoveringMeshTests
{
    private const long Ticks = 600;

    private static readonly LinkFaultKind[] Kinds = Enum.GetValues<LinkFaultKind>();

    public static TheoryData<LinkFaultKind, int> LinkFaults
    {
        get
        {
            var data = new TheoryData<LinkFaultKind, int>();
            foreach (var kind in Kinds)
            {
                data.Add(kind, 1);
                data.Add(kind, 3);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(LinkFaults))]
    public async Task What_is_done_to_links_is_repaired_and_counted_and_does_not_show(LinkFaultKind kind, int threads)
    {
        var network = RandomNetworks.Make(12, maxDelay: 3);
        using var mesh = Build(network, cores: 4, new MeshOptions(threads) { WithDisturbableLinks = true });
        mesh.Apply(Disturb(0, kind, 0.1));
        await Run(mesh, Ticks);
        var counts = mesh.Counts;
        long done = counts.Lost + counts.Duplicated + counts.Delayed + counts.Reordered + counts.Corrupted;
        Assert.True(done > 0, $"{counts}");
        Assert.Equal(done, kind switch
        {
            LinkFaultKind.Lose => counts.Lost,
            LinkFaultKind.Duplicate => counts.Duplicated,
            LinkFaultKind.Delay => counts.Delayed,
            LinkFaultKind.Reorder => counts.Reordered,
            _ => counts.Corrupted,
        });
        if (kind is LinkFaultKind.Lose or LinkFaultKind.Corrupt) Assert.True(counts.SentAgain > 0, $"{counts}");
        if (kind == LinkFaultKind.Duplicate) Assert.True(counts.DuplicatesNoticed > 0, $"{counts}");
        if (kind == LinkFaultKind.Reorder) Assert.True(counts.OutOfOrderNoticed > 0, $"{counts}");
        if (kind == LinkFaultKind.Corrupt) Assert.True(counts.CorruptNoticed > 0, $"{counts}");
        Assert.Equal(OneCore.HashAt(network, Ticks), mesh.Capture().Hash());
        Assert.Equal(0, mesh.History.Recoveries);
    }

    [Fact]
    public async Task Only_the_links_that_are_named_are_disturbed_and_only_until_they_are_mended()
    {
        var network = RandomNetworks.Make(12, maxDelay: 3);
        using var mesh = Build(network, cores: 4, new MeshOptions(1) { WithDisturbableLinks = true });
        var (from, to) = mesh.Placement.Links().Where(l => l.From != l.To).Select(l => ($"{l.From}", $"{l.To}")).First();
        mesh.Apply(Disturb(0, LinkFaultKind.Duplicate, 1) with { Links = [(from, to)] });
        await Run(mesh, 100);
        long some = mesh.Counts.Duplicated;
        mesh.Apply(Disturb(0, LinkFaultKind.Duplicate, 1));
        await Run(mesh, 200);
        Assert.True(mesh.Counts.Duplicated > 2 * some, $"{some}, {mesh.Counts}");
        mesh.Apply(new MendLinks(0, 0));
        long all = mesh.Counts.Duplicated;
        await Run(mesh, 300);
        Assert.Equal(all, mesh.Counts.Duplicated);
        Assert.InRange(some, 1, all);
    }

    [Theory]
    [InlineData(false, 1, 1)]
    [InlineData(false, 3, 70)]
    [InlineData(false, 2, 100_000)]
    [InlineData(true, 1, 70)]
    [InlineData(true, 3, 70)]
    public async Task Killed_cores_are_made_anew_and_recordings_are_neither_doubled_nor_lost(bool disturbableLinks, int threads, long keepEvery)
    {
        var network = RandomNetworks.Make(8, probes: true, maxDelay: 3);
        var options = new MeshOptions(threads) { WithDisturbableLinks = disturbableLinks };
        var expected = new Recordings(network);
        var recorded = new Recordings(network);
        using var undisturbed = new EmbeddedEngine().Build(RandomPlacements.Make(network, 4, 1), new MeshOptions(1));
        using var mesh = Build(network, 4, options, keepEvery);
        if (disturbableLinks) mesh.Apply(Disturb(0, LinkFaultKind.Lose, 0.02));
        long tick = -1, killedAt = -1;
        int kills = 0;
        foreach (int step in (int[])[1, 60, 100, 3, 200, 40, 150])
        {
            // While it stands still: noticed when it goes on.
            mesh.Apply(new KillCores(1, kills, [kills++ % mesh.Cores]));
            killedAt = tick;
            tick += step;
            await Run(mesh, tick);
            Assert.Equal(tick, mesh.Tick);
            if (step % 20 == 0) recorded.Add(mesh.TakeRecordings());
            undisturbed.RunTo(tick);
            Assert.Equal(undisturbed.Capture().Hash(), mesh.Capture().Hash());
        }
        recorded.Add(mesh.TakeRecordings());
        expected.Add(undisturbed.TakeRecordings());
        foreach (var probe in network.Probes)
        {
            if (probe is SpikeProbe) Assert.Equal(expected.Spikes(probe.Name), recorded.Spikes(probe.Name));
            if (probe is PotentialProbe) Assert.Equal(expected.Potentials(probe.Name), recorded.Potentials(probe.Name));
            if (probe is SpikeCountProbe) Assert.Equal(expected.Counts(probe.Name).ToArray(), recorded.Counts(probe.Name).ToArray());
        }
        Assert.Equal(kills, mesh.History.Recoveries);
        Assert.Equal(kills, mesh.Counts.KilledCores);
        Assert.InRange(mesh.History.TicksRedone, 0, keepEvery + options.RunAheadFor(network.MaxDelay));
        Assert.Equal(killedAt < keepEvery ? -1 : killedAt / keepEvery * keepEvery, mesh.History.ResumedFromTick);
    }

    /// <summary>Not a race that can be lost: the run has no other end than the last of the kills it has survived.</summary>
    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 3)]
    [InlineData(true, 2)]
    public async Task Cores_are_killed_while_they_run(bool disturbableLinks, int threads)
    {
        var network = RandomNetworks.Make(8, maxDelay: 3);
        using var mesh = Build(network, 4, new MeshOptions(threads) { WithDisturbableLinks = disturbableLinks }, keepEvery: 50);
        using var enough = new CancellationTokenSource();
        var run = OwnThread.Run(() => mesh.RunTo(long.MaxValue / 4, enough.Token));
        for (int kill = 0; kill < 10; kill++)
        {
            int before = mesh.History.Recoveries;
            mesh.Apply(new KillCores(0, kill, [kill % mesh.Cores]));
            Assert.True(SpinWait.SpinUntil(() => mesh.History.Recoveries > before || run.IsCompleted, OwnThread.Patience));
        }
        enough.Cancel();
        long tick = await run;
        Assert.Equal(tick, mesh.Tick);
        Assert.Equal(10, mesh.History.Recoveries);
        Assert.Equal(OneCore.HashAt(network, tick), mesh.Capture().Hash());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_slow_core_takes_its_time_and_does_not_show(bool disturbableLinks)
    {
        var network = RandomNetworks.Make(8, maxDelay: 3);
        using var mesh = Build(network, 4, new MeshOptions(2) { WithDisturbableLinks = disturbableLinks });
        mesh.Apply(new SlowCores(0, 0, [1], 300));
        mesh.Apply(new SlowCores(1, 0, [1, 2], 200));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await Run(mesh, 199);
        // Core 1 alone needs 200 ticks of 500 µs.
        Assert.True(clock.Elapsed.TotalMilliseconds >= 100, $"{clock.Elapsed.TotalMilliseconds} ms");
        Assert.Equal(OneCore.HashAt(network, 199), mesh.Capture().Hash());
        mesh.Apply(new SlowCores(0, 0, [1], 0));
        mesh.Apply(new SlowCores(1, 0, [1, 2], 0));
        await Run(mesh, Ticks);
        Assert.Equal(OneCore.HashAt(network, Ticks), mesh.Capture().Hash());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_that_faults_have_stopped_can_be_cancelled(bool disturbableLinks)
    {
        var network = RandomNetworks.Make(8, maxDelay: 3);
        using var mesh = Build(network, 4, new MeshOptions(2) { WithDisturbableLinks = disturbableLinks });
        mesh.Apply(disturbableLinks ? Disturb(0, LinkFaultKind.Lose, 1) : new SlowCores(0, 0, [1], 1e9));
        using var enough = new CancellationTokenSource();
        var run = OwnThread.Run(() => mesh.RunTo(long.MaxValue / 4, enough.Token));
        Assert.True(SpinWait.SpinUntil(() => disturbableLinks ? mesh.Counts.Lost > 0 : mesh.Traffic.Packets > 0, OwnThread.Patience));
        enough.Cancel();
        long tick = await run;
        Assert.InRange(tick, 0, 1000);
        Assert.Equal(OneCore.HashAt(network, tick), mesh.Capture().Hash());
    }

    [Fact]
    public async Task A_core_whose_slowness_ends_goes_on_at_once()
    {
        var network = RandomNetworks.Make(8, maxDelay: 3);
        using var mesh = Build(network, 4, new MeshOptions(2));
        mesh.Apply(new SlowCores(0, 0, [1], 1e9));
        var run = Run(mesh, Ticks);
        Assert.True(SpinWait.SpinUntil(() => mesh.Traffic.Packets > 0, OwnThread.Patience));
        mesh.Apply(new SlowCores(0, 0, [1], 0));
        await run;
        Assert.Equal(OneCore.HashAt(network, Ticks), mesh.Capture().Hash());
    }

    [Fact]
    public void What_cannot_happen_here_is_refused()
    {
        using var mesh = Build(RandomNetworks.Make(8), 2, new MeshOptions(1));
        Assert.Empty(mesh.Nodes);
        Assert.Equal(2, mesh.Cores);
        Assert.Contains("no nodes", Refused(new BreakNode(0, 0, NodeFaultKind.Kill, "node-1", 0)));
        Assert.Contains("no nodes", Refused(new SeparateNodes(0, 0, ["a"], ["b"], Heals: false)));
        Assert.Contains(nameof(MeshOptions.WithDisturbableLinks), Refused(Disturb(0, LinkFaultKind.Lose, 1)));
        mesh.Apply(new KillCores(0, 0, [7]));
        Assert.Equal(0, mesh.Counts.KilledCores);

        string Refused(FaultOrder order) => Assert.Throws<FaultRefusedException>(() => mesh.Apply(order)).Message;
    }

    private static RecoveringMesh Build(Network network, int cores, MeshOptions options, long keepEvery = 1000) =>
        new(new EmbeddedEngine(), RandomPlacements.Make(network, cores, 1), options, keepEvery);

    private static DisturbLinks Disturb(int fault, LinkFaultKind kind, double rate) => new(
        fault, 0, new LinkFault(fault, 1, kind.ToString(), ScenarioTime.Start, null, kind, "*", "*", rate, DelayMs: 0.5, JitterMs: 2),
        [.. Enumerable.Range(0, 4).SelectMany(a => Enumerable.Range(0, 4).Select(b => ($"{a}", $"{b}")))], Seed: 3);

    private static Task<long> Run(IMesh mesh, long tick) => OwnThread.Run(() => mesh.RunTo(tick));
}

/// <summary>A mesh whose links can be disturbed, and are, passes what every engine has to.</summary>
public class DisturbableEngineTests : EngineConformanceTests
{
    protected override IEngine Engine { get; } = new Disturbable();

    private sealed class Disturbable : IEngine
    {
        public string Name => "embedded, with links that can be disturbed";

        public IMesh Build(Placement placement, MeshOptions? options = null) => new EmbeddedEngine().Build(placement, (options ?? new MeshOptions()) with { WithDisturbableLinks = true });
    }
}
