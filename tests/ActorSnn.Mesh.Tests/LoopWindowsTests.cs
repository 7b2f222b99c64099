using System.Collections.Immutable;
using ActorSnn.Cores;

namespace ActorSnn.Mesh.Tests;

public class LoopWindowsTests
{
    [Fact]
    public void Cores_outside_of_loops_may_run_as_far_as_they_can() =>
        Assert.Equal(Enumerable.Repeat(int.MaxValue, 4), LoopWindows.Of(4, [Link(0, 1, 1), Link(0, 2, 1), Link(1, 3, 2), Link(2, 3, 3)]));

    [Fact]
    public void Two_cores_that_feed_each_other_send_half_a_loop_at_a_time()
    {
        Assert.Equal([1, 1], LoopWindows.Of(2, [Link(0, 1, 1), Link(1, 0, 1)]));
        Assert.Equal([4, 4], LoopWindows.Of(2, [Link(0, 1, 4), Link(1, 0, 4)]));
        Assert.Equal([3, 3], LoopWindows.Of(2, [Link(0, 1, 1), Link(1, 0, 5)]));
    }

    [Fact]
    public void Only_links_of_the_loop_count() => Assert.Equal(
        [int.MaxValue, 6, 6, int.MaxValue],
        LoopWindows.Of(4, [Link(0, 1, 1), Link(1, 2, 6), Link(2, 1, 6), Link(2, 3, 1)]));

    [Fact]
    public void A_window_is_never_longer_than_the_shortest_loop_through_its_core()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            int cores = random.Next(1, 9);
            var links = (from a in Enumerable.Range(0, cores) from b in Enumerable.Range(0, cores)
                         where a != b && random.Next(3) == 0 select Link(a, b, random.Next(1, 9))).ToImmutableArray();
            var distance = ShortestPaths(cores, links);
            var windows = LoopWindows.Of(cores, links);
            for (int core = 0; core < cores; core++)
            {
                int loop = Enumerable.Range(0, cores).Where(c => c != core).Select(c => distance[core, c] + distance[c, core]).DefaultIfEmpty(Far).Min();
                if (loop >= Far) Assert.True(windows[core] == int.MaxValue, $"core {core} is in no loop (seed {seed})");
                else Assert.True(windows[core] >= 1 && windows[core] <= loop, $"core {core}: {windows[core]} ticks in a loop of {loop} (seed {seed})");
            }
        }
    }

    private const int Far = 1_000_000;

    private static int[,] ShortestPaths(int cores, ImmutableArray<CoreLink> links)
    {
        var distance = new int[cores, cores];
        for (int a = 0; a < cores; a++)
        {
            for (int b = 0; b < cores; b++) distance[a, b] = links.Where(l => l.From == a && l.To == b).Select(l => l.Delay).DefaultIfEmpty(Far).Min();
        }
        for (int via = 0; via < cores; via++)
        {
            for (int a = 0; a < cores; a++)
            {
                for (int b = 0; b < cores; b++) distance[a, b] = Math.Min(distance[a, b], distance[a, via] + distance[via, b]);
            }
        }
        return distance;
    }

    private static CoreLink Link(int from, int to, int delay) => new(from, to, delay, []);
}
