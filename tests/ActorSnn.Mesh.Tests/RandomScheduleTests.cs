using ActorSnn.Cores;
using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Mesh.Tests;

/// <summary>Any order of events gives the state of one core run alone, without deadlock and within the run-ahead.</summary>
public class RandomScheduleTests
{
    private const int Ticks = 60;

    [Theory]
    [InlineData("integer", 0)]
    [InlineData("integer", 100)]
    [InlineData("integer", 200)]
    [InlineData("integer", 300)]
    [InlineData("real", 0)]
    [InlineData("real", 100)]
    [InlineData("integer, disturbed and broken", 0)]
    [InlineData("real, disturbed and broken", 0)]
    [InlineData("stepped", 0)]
    [InlineData("stepped", 100)]
    [InlineData("stepped, disturbed and broken", 0)]
    [InlineData("graded", 0)]
    [InlineData("graded, disturbed and broken", 0)]
    [InlineData("first spikes", 0)]
    [InlineData("first spikes, disturbed and broken", 0)]
    public void Every_schedule_ends_in_the_same_state(string neurons, int firstSeed)
    {
        for (int seed = firstSeed; seed < firstSeed + 100; seed++)
        {
            var random = new Random(seed);
            var network = Make(neurons, seed / 4);
            string expected = OneCore.HashAt(network, Ticks);
            int cores = random.Next(2, 7);
            var placement = random.Next(2) == 0 ? RandomPlacements.Make(network, cores, seed) : Placer.Place(network, new PlacementOptions(cores));
            // Minimal every other time.
            int runAhead = network.MaxDelay + 1 + (random.Next(2) == 0 ? 0 : random.Next(1, 30));
            int[] windows = random.Next(2) == 0
                ? LoopWindows.Of(placement.Cores.Length, placement.Links())
                : [.. placement.Cores.Select(_ => random.Next(2) == 0 ? int.MaxValue : random.Next(1, 10))];
            try
            {
                var mesh = new VirtualMesh(placement, runAhead, windows, seed);
                Assert.Equal(expected, mesh.RunTo(Ticks).Hash());
                Assert.InRange(mesh.LongestQueue, 0, runAhead + network.MaxDelay + 1);
            }
            catch (Exception cause)
            {
                throw new Xunit.Sdk.XunitException($"seed {seed}, {placement.Cores.Length} cores, run-ahead {runAhead}: {cause.Message}", cause);
            }
        }
    }

    private static Network Make(string neurons, int seed)
    {
        var network = neurons.StartsWith("real") ? RandomRealNetworks.Make(seed, maxSize: 65)
            : neurons.StartsWith("stepped") ? RandomSteppedNetworks.Make(seed)
            : neurons.StartsWith("graded") ? RandomGradedNetworks.Make(seed)
            : neurons.StartsWith("first spikes") ? RandomFirstSpikeNetworks.Make(seed)
            : RandomNetworks.Make(seed, maxSize: 65);
        return neurons.EndsWith("broken") ? RandomFaults.Break(RandomTimings.Disturb(network, seed), seed) : network;
    }
}
