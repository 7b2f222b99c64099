using ActorSnn.Cores;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Mesh.Tests;

public class EmbeddedEngineTests : EngineConformanceTests
{
    protected override IEngine Engine { get; } = new EmbeddedEngine();
}

/// <summary>Measurements of the whole process: nothing else may run at the time.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public class EmbeddedMeshTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void A_tick_allocates_nothing(int cores)
    {
        // Lively for ever: Poisson input into a recurrent, learning population.
        var rule = new HebbianCoincidence(new ReinforcementClock(2, [0]));
        var network = new NetworkBuilder("lively")
            .AddPopulation("in", 200, new PoissonSource(100))
            .AddPopulation("a", 300, new GatedThresholdNeuron(300))
            .AddPopulation("b", 300, new GatedThresholdNeuron(100))
            .AddProjection("in", "a", Connectivity.Dense, Weight.Uniform(-100, 160, 2), Delay.Ticks(2), rule)
            .AddProjection("a", "b", Connectivity.OneToOne, Weight.Constant(200))
            .AddProjection("b", "a", Connectivity.Random(0.1), Weight.Uniform(-200, 100, 1), Delay.Uniform(1, 5))
            .AddProbe(new SpikeCountProbe("counts", "b", 4))
            .Build();
        using var mesh = new EmbeddedEngine().Build(RandomPlacements.Make(network, cores, 1), new MeshOptions(Threads: 1));
        mesh.RunTo(3000);
        long spikes = mesh.Capture().SpikeCount;

        long Allocated(long ticks)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            mesh.RunTo(mesh.Tick + ticks);
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        }

        // The runner's own threads may allocate something at any time: the quietest of a few tries counts.
        long more = Enumerable.Range(0, 5).Min(_ => Math.Abs(Allocated(4100) - Allocated(100)));
        Assert.True(more < 1000, $"4,000 ticks more allocate {more} bytes more");
        Assert.True(mesh.Capture().SpikeCount > spikes + 4000, "too quiet to prove anything");
    }

    [Fact]
    public void Dispose_ends_the_threads()
    {
        if (!OperatingSystem.IsLinux()) return;
        Assert.True(SpinWait.SpinUntil(() => Workers() == 0, OwnThread.Patience), "threads are left of other tests");
        var mesh = new EmbeddedEngine().Build(RandomPlacements.Make(RandomNetworks.Make(1), 4, 1), new MeshOptions(Threads: 3));
        mesh.RunTo(50);
        Assert.Equal(3, Workers());
        mesh.Dispose();
        // The system may list a thread for a moment after it has been joined.
        Assert.True(SpinWait.SpinUntil(() => Workers() == 0, OwnThread.Patience), $"{Workers()} threads are left");

        // Linux keeps the first 15 characters of a thread's name.
        static int Workers() => Directory.GetDirectories("/proc/self/task").Count(IsWorker);

        static bool IsWorker(string task)
        {
            try
            {
                return File.ReadAllText(Path.Combine(task, "comm")).StartsWith("actorsnn worker");
            }
            catch (IOException)
            {
                return false; // gone meanwhile
            }
        }
    }
}
