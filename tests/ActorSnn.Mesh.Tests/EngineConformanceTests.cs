using ActorSnn.Cores;
using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Mesh.Tests;

/// <summary>What an engine owes. Every engine has a subclass of its own and passes the same tests.</summary>
public abstract class EngineConformanceTests
{
    private const int Ticks = 150;

    /// <summary>Random networks of integer, real-valued and stepped neurons, several of them plastic, of graded spikes, and of first spikes that learn or answer; they stay lively.</summary>
    public static TheoryData<string, int> Lively => new()
    {
        { "integer", 1 }, { "integer", 8 }, { "integer", 12 }, { "integer", 17 },
        { "real", 10 }, { "real", 25 }, { "real", 36 }, { "stepped", 3 }, { "stepped", 4 }, { "stepped", 9 },
        { "graded", 1 }, { "graded", 2 }, { "graded", 3 },
        { "first spikes", 1 }, { "first spikes", 2 }, { "first spikes", 3 },
    };

    /// <summary>The engine under test.</summary>
    protected abstract IEngine Engine { get; }

    [Theory]
    [MemberData(nameof(Lively))]
    public async Task The_number_of_cores_and_threads_does_not_show(string neurons, int seed)
    {
        var network = Make(neurons, seed);
        string expected = OneCore.HashAt(network, Ticks);
        foreach (int cores in (int[])[1, 2, 3, 9])
        {
            foreach (int threads in ((int[])[1, 2, 3, 8]).Where(t => t == 1 || t - 1 <= cores))
                Assert.Equal(expected, await HashAfter(Placer.Place(network, new PlacementOptions(cores)), new MeshOptions(threads)));
        }
    }

    [Theory]
    [MemberData(nameof(Lively))]
    public async Task Where_populations_are_cut_does_not_show(string neurons, int seed)
    {
        var network = Make(neurons, seed);
        string expected = OneCore.HashAt(network, Ticks);
        for (int i = 0; i < 5; i++)
            Assert.Equal(expected, await HashAfter(RandomPlacements.Make(network, 2 + i, seed + i), new MeshOptions(1 + i % 3)));
    }

    [Theory]
    [MemberData(nameof(Lively))]
    public async Task The_run_ahead_does_not_show(string neurons, int seed)
    {
        var network = Make(neurons, seed);
        string expected = OneCore.HashAt(network, Ticks);
        foreach (int? runAhead in (int?[])[1, network.MaxDelay + 2, 17, 1000])
        {
            foreach (int threads in (int[])[1, 2])
                Assert.Equal(expected, await HashAfter(Placer.Place(network, new PlacementOptions(4)), new MeshOptions(threads, runAhead)));
        }
    }

    [Theory]
    [MemberData(nameof(Lively))]
    public async Task A_run_in_pieces_is_the_run_in_one_go(string neurons, int seed)
    {
        var network = Make(neurons, seed);
        var random = new Random(seed);
        foreach (int threads in (int[])[1, 2])
        {
            using var mesh = Engine.Build(Placer.Place(network, new PlacementOptions(5)), new MeshOptions(threads));
            Assert.Equal(-1, mesh.Tick);
            for (long tick = -1; tick < Ticks;)
            {
                tick = Math.Min(Ticks, tick + random.Next(0, 20));
                Assert.Equal(tick, await Run(mesh, tick));
                Assert.Equal(tick, mesh.Tick);
                Assert.Equal(tick, await Run(mesh, tick - 3)); // already there
            }
            Assert.Equal(OneCore.HashAt(network, Ticks), mesh.Capture().Hash());
        }
    }

    [Theory]
    [MemberData(nameof(Lively))]
    public async Task A_state_goes_on_under_another_placement_and_number_of_threads(string neurons, int seed)
    {
        var network = Make(neurons, seed, probes: true);
        string expected = OneCore.HashAt(network, Ticks);
        foreach (int tick in (int[])[-1, 0, 77])
        {
            NetworkState state;
            using (var before = Engine.Build(RandomPlacements.Make(network, 4, seed), new MeshOptions(2)))
            {
                await Run(before, tick);
                state = before.Capture();
            }
            Assert.Equal(tick, state.Tick);
            using var after = Engine.Build(RandomPlacements.Make(network, 3, seed + 1), new MeshOptions(3));
            await Run(after, tick / 2); // somewhere else first
            after.Restore(state);
            Assert.Equal(tick, after.Tick);
            Assert.Equal(state.Hash(), after.Capture().Hash());
            await Run(after, Ticks);
            Assert.Equal(expected, after.Capture().Hash());

            // And back again, in the same mesh.
            after.Restore(state);
            await Run(after, Ticks);
            Assert.Equal(expected, after.Capture().Hash());
        }
    }

    [Fact]
    public void The_state_of_another_network_is_refused()
    {
        using var mesh = Engine.Build(Placer.Place(RandomNetworks.Make(1)));
        Assert.Throws<ArgumentException>(() => mesh.Restore(new NetworkState(RandomNetworks.Make(2), 5)));
        Assert.Equal(-1, mesh.Tick);
    }

    [Theory]
    [MemberData(nameof(Lively))]
    public async Task Recordings_are_the_same_under_every_placement(string neurons, int seed)
    {
        var network = Make(neurons, seed, probes: true);
        string? expected = null;
        foreach (int cores in (int[])[1, 2, 4, 8])
        {
            using var mesh = Engine.Build(RandomPlacements.Make(network, cores, seed), new MeshOptions(Math.Min(cores, 3)));
            await Run(mesh, Ticks / 2);
            var first = mesh.TakeRecordings();
            await Run(mesh, Ticks);
            var second = mesh.TakeRecordings();
            string description = Describe(network, first) + Describe(network, second);
            Assert.Equal(expected ??= description, description);
            // What was taken is gone; counts go on.
            var third = mesh.TakeRecordings();
            foreach (var probe in network.Probes)
            {
                if (probe is SpikeProbe) Assert.Empty(third.Spikes(probe.Name));
                if (probe is PotentialProbe) Assert.Empty(third.Potentials(probe.Name));
                if (probe is SpikeCountProbe) Assert.Equal(second.Counts(probe.Name).ToArray(), third.Counts(probe.Name).ToArray());
            }
        }
    }

    /// <summary>
    /// The sender is done with its window long before the receiver, uses up its credit and has nothing to do but wait. When the receiver
    /// has caught up, somebody has to tell the sender: no spike ever goes back.
    /// </summary>
    [Fact]
    public async Task A_sender_that_waits_for_credit_goes_on_when_its_slow_consumer_has_caught_up()
    {
        const int Size = 1000;
        var network = new NetworkBuilder("one way")
            .AddPopulation("in", Size, new PoissonSource(2000))
            .AddPopulation("out", Size, new GatedThresholdNeuron(0))
            .AddProjection("in", "out", Connectivity.FixedInDegree(Size / 2), Weight.Uniform(-100, 100, 1), Delay.Uniform(1, 4))
            .Build();
        var placement = new Placement(
            network, [new CorePlacement(0, [new Slice(0, 0, Size)], 0, 0), new CorePlacement(1, [new Slice(1, 0, Size)], Size, 0)]);
        Assert.Equal(OneCore.HashAt(network, 300), await HashAfter(placement, new MeshOptions(Threads: 2, RunAhead: 32), 300));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(4, 2)]
    [InlineData(4, 3)]
    public async Task A_cancelled_run_stops_at_one_tick_of_all_cores_and_can_go_on(int cores, int threads)
    {
        const int Seed = 8;
        const long Never = 1L << 50;
        var network = RandomNetworks.Make(Seed);
        using var mesh = Engine.Build(RandomPlacements.Make(network, cores, Seed), new MeshOptions(threads));
        long stopped = -1;
        // Not a race that can be lost: the run has no other end, so whatever tick it stops at was the cancellation's.
        for (int round = 0; round < 8; round++)
        {
            using var cancellation = new CancellationTokenSource();
            using var entered = new ManualResetEventSlim();
            var run = OwnThread.Run(() =>
            {
                entered.Set();
                return mesh.RunTo(Never, cancellation.Token);
            });
            entered.Wait();
            Thread.SpinWait(1 << (2 * round + 4));
            cancellation.Cancel();
            long tick = await run;
            Assert.Equal(tick, mesh.Tick);
            Assert.InRange(tick, stopped, Never - 1);
            stopped = tick;
            Assert.Equal(tick, mesh.Capture().Tick); // every core refuses to add to a state of another tick
        }
        Assert.True(stopped > 0, "no run got anywhere");
        Assert.Equal(OneCore.HashAt(network, stopped), mesh.Capture().Hash());
        long end = stopped + Ticks;
        await Run(mesh, end);
        Assert.Equal(OneCore.HashAt(network, end), mesh.Capture().Hash());
    }

    [Fact]
    public async Task A_run_cancelled_before_it_starts_does_not_start()
    {
        using var mesh = Engine.Build(Placer.Place(RandomNetworks.Make(1), new PlacementOptions(3)), new MeshOptions(2));
        Assert.Equal(7, await Run(mesh, 7));
        Assert.Equal(7, mesh.RunTo(1000, new CancellationToken(canceled: true)));
        Assert.Equal(7, mesh.Tick);
    }

    /// <summary>
    /// The state handed in is damaged: a spike of a neuron that the population does not have, on its way to core 1 by a list of synapses.
    /// Core 1 throws when it arrives, five ticks after its emission.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_core_that_throws_stops_the_run_and_is_named(int threads)
    {
        var network = new NetworkBuilder("n")
            .AddPopulation("in", 10, new PoissonSource(100))
            .AddPopulation("out", 10, new GatedThresholdNeuron(0))
            .AddPopulation("back", 10, new GatedThresholdNeuron(0))
            .AddProjection("in", "out", Connectivity.Pairs((0, 0), (9, 9)), Weight.Constant(1), Delay.Ticks(5))
            .AddProjection("out", "back", Connectivity.OneToOne, Weight.Constant(1))
            .AddProjection("back", "out", Connectivity.OneToOne, Weight.Constant(1), Delay.Ticks(3))
            .Build();
        var placement = new Placement(network, [.. Enumerable.Range(0, 3).Select(i => new CorePlacement(i, [new Slice(i, 0, 10)], 10, 0))]);
        var state = new NetworkState(network, 20);
        state.SpikesAt(0, 20)[0] |= 1UL << 40;

        using var mesh = Engine.Build(placement, new MeshOptions(threads));
        mesh.Restore(state);
        Assert.Equal(24, await Run(mesh, 24));
        var failure = await Assert.ThrowsAsync<CoreFailedException>(() => Run(mesh, 1000));
        Assert.Equal((1, 25), (failure.Core, failure.Tick));
        Assert.IsType<IndexOutOfRangeException>(failure.InnerException);
        Assert.StartsWith("core 1 failed at tick 25: ", failure.Message);
        await Assert.ThrowsAsync<CoreFailedException>(() => Run(mesh, 2000)); // and stays so
    }

    [Fact]
    public async Task A_mesh_that_was_disposed_runs_no_more_and_can_be_disposed_again()
    {
        var mesh = Engine.Build(Placer.Place(RandomNetworks.Make(1), new PlacementOptions(3)), new MeshOptions(2));
        await Run(mesh, 20);
        await OwnThread.Run(mesh.Dispose);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Run(mesh, 40));
        await OwnThread.Run(mesh.Dispose);

        var neverRun = Engine.Build(Placer.Place(RandomNetworks.Make(1), new PlacementOptions(3)), new MeshOptions(2));
        await OwnThread.Run(neverRun.Dispose);
    }

    [Fact]
    public async Task Only_cores_that_are_not_alone_have_traffic()
    {
        var network = RandomNetworks.Make(1);
        using var alone = Engine.Build(Placer.Place(network, new PlacementOptions(1)));
        await Run(alone, Ticks);
        Assert.Empty(alone.Traffic.PerLink);

        using var several = Engine.Build(Placer.Place(network, new PlacementOptions(4)), new MeshOptions(2));
        Assert.Equal(0, several.Traffic.Packets);
        await Run(several, Ticks);
        var traffic = several.Traffic;
        Assert.NotEmpty(traffic.PerLink);
        Assert.Equal(several.Placement.Links().Select(l => (l.From, l.To)), traffic.PerLink.Select(l => (l.From, l.To)));
        Assert.All(traffic.PerLink, link =>
        {
            Assert.InRange(link.EmptyPackets, 0, link.Packets - 1);
            Assert.True(link.Bytes > 16 * link.Packets);
        });
        Assert.Equal(traffic.PerLink.Sum(l => l.Bytes), traffic.Bytes);
    }

    [Fact]
    public async Task Threads_are_as_many_as_asked_for_but_not_more_than_cores()
    {
        var network = RandomNetworks.Make(1);
        foreach (var (threads, cores) in ((int, int)[])[(1, 4), (3, 4), (8, 4), (2, 1)])
        {
            var placement = RandomPlacements.Make(network, cores, 1);
            using var mesh = Engine.Build(placement, new MeshOptions(threads));
            Assert.Same(placement, mesh.Placement);
            Assert.Equal(Math.Min(threads, placement.Cores.Length), mesh.Threads);
            await Run(mesh, 10);
        }
    }

    [Fact]
    public async Task Spikes_of_a_population_of_more_than_65536_neurons_arrive()
    {
        const int Size = 70_000;
        var network = new NetworkBuilder("large")
            .AddPopulation("in", Size, new SpikeArraySource((1, 3), (1, 69_999), (2, 65_536), (5, 65_535)))
            .AddPopulation("out", Size, new GatedThresholdNeuron(0))
            .AddProjection("in", "out", Connectivity.OneToOne, Weight.Constant(1))
            .Build();
        var placement = new Placement(
            network, [new CorePlacement(0, [new Slice(0, 0, Size)], 0, 0), new CorePlacement(1, [new Slice(1, 0, Size)], Size, 0)]);
        Assert.Equal(OneCore.HashAt(network, 10), await HashAfter(placement, new MeshOptions(2), 10));
    }

    private static Network Make(string neurons, int seed, bool probes = false) =>
        neurons switch
        {
            "real" => RandomRealNetworks.Make(seed, probes),
            "stepped" => RandomSteppedNetworks.Make(seed, probes),
            "graded" => RandomGradedNetworks.Make(seed, probes),
            "first spikes" => RandomFirstSpikeNetworks.Make(seed, probes),
            _ => RandomNetworks.Make(seed, probes: probes),
        };

    private async Task<string> HashAfter(Placement placement, MeshOptions options, long tick = Ticks)
    {
        using var mesh = Engine.Build(placement, options);
        await Run(mesh, tick);
        return mesh.Capture().Hash();
    }

    private static Task<long> Run(IMesh mesh, long tick) => OwnThread.Run(() => mesh.RunTo(tick));

    private static string Describe(Network network, Recordings recordings) =>
        string.Join('\n', network.Probes.Select(probe => $"{probe.Name}: " + probe switch
        {
            SpikeProbe => string.Join(' ', recordings.Spikes(probe.Name).Select(s => $"{s.Tick}/{s.Neuron}")),
            SpikeCountProbe => string.Join(' ', recordings.Counts(probe.Name).ToArray()),
            _ => string.Join(' ', recordings.Potentials(probe.Name).Select(p => $"{p.Tick}/{string.Join(',', p.Values)}")),
        }));
}
