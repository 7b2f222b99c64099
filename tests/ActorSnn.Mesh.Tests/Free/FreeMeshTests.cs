using ActorSnn.Cores;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Mesh.Tests;

/// <summary>Free timing on real clocks: only what holds however they go.</summary>
public class FreeMeshTests
{
    private const int Ticks = 150;

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(12)]
    public void On_one_thread_cores_take_turns_and_nothing_is_late(int seed)
    {
        var network = RandomNetworks.Make(seed);
        using var mesh = Build(network, 4, new MeshOptions(Threads: 1, Timing: new FreeTiming(20)));
        Assert.Equal(Ticks, mesh.RunTo(Ticks));
        Assert.Equal(0, mesh.Free!.LateSpikes);
        Assert.Equal(Exact(network), mesh.Capture().Hash());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 50)]
    [InlineData(12, 2000)]
    public void All_ticks_are_run_and_all_spikes_accounted_for(int seed, int microseconds)
    {
        var network = RandomNetworks.Make(seed);
        using var mesh = Build(network, 4, new MeshOptions(Threads: 3, Timing: new FreeTiming(microseconds)));
        Assert.Equal(3, mesh.Threads);
        foreach (long tick in (long[])[0, 40, Ticks])
        {
            Assert.Equal(tick, mesh.RunTo(tick));
            Assert.Equal(tick, mesh.Tick);
            Assert.Equal(tick, mesh.Capture().Tick);
        }
        var figures = mesh.Free!;
        Assert.InRange(figures.Delivered, 1, figures.Sent);
        Assert.InRange(figures.LateSpikes, 0, figures.Delivered);
        Assert.InRange(figures.OverrunTicks, 0, 4 * (Ticks + 1));
        Assert.Equal(0, figures.Dropped);
        Assert.Equal(0, mesh.Traffic.EmptyPackets);
        // What was still under way at the end may have been late, too.
        if (figures.LateSpikes == 0 && figures.Delivered == figures.Sent) Assert.Equal(Exact(network), mesh.Capture().Hash());
    }

    [Fact]
    public void A_state_goes_on_where_it_was()
    {
        var network = RandomNetworks.Make(17);
        using var mesh = Build(network, 3, new MeshOptions(Threads: 1, Timing: new FreeTiming(10)));
        mesh.RunTo(60);
        var state = mesh.Capture();
        mesh.RunTo(100);
        mesh.Restore(state);
        Assert.Equal(60, mesh.Tick);
        mesh.RunTo(Ticks);
        Assert.Equal(Exact(network), mesh.Capture().Hash());
    }

    [Fact]
    public async Task Stopped_all_cores_stand_at_one_tick()
    {
        using var mesh = Build(RandomNetworks.Make(12), 4, new MeshOptions(Threads: 3, Timing: new FreeTiming(100)));
        using var stop = new CancellationTokenSource();
        var run = OwnThread.Run(() => mesh.RunTo(1_000_000_000, stop.Token));
        Assert.True(SpinWait.SpinUntil(() => mesh.Tick > 5, OwnThread.Patience));
        stop.Cancel();
        Assert.Equal(await run, mesh.Tick);
        Assert.Equal(mesh.Tick, mesh.Capture().Tick);
    }

    [Fact]
    public void Reproducible_timing_has_no_figures()
    {
        using var mesh = Build(RandomNetworks.Make(1), 2, new MeshOptions());
        Assert.Null(mesh.Free);
    }

    private static IMesh Build(Network network, int cores, MeshOptions options) => new EmbeddedEngine().Build(Placer.Place(network, new PlacementOptions(cores)), options);

    private static string Exact(Network network)
    {
        using var mesh = Build(network, 1, new MeshOptions());
        mesh.RunTo(Ticks);
        return mesh.Capture().Hash();
    }
}
