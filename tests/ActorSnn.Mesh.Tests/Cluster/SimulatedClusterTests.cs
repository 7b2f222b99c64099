using Xunit.Abstractions;

namespace ActorSnn.Mesh.Tests.Cluster;

/// <summary>
/// Whatever goes wrong in a cluster, its runs end with the state hashes and the recordings of undisturbed ones. <c>ACTORSNN_SCHEDULES</c> says how many schedules are tried, <c>ACTORSNN_FIRST</c>
/// the first of them; <c>ACTORSNN_SEED</c> names a single one, and its history is printed.
/// </summary>
public class SimulatedClusterTests(ITestOutputHelper output)
{
    /// <summary>From so many schedules on, everything has to have gone wrong a hundred times.</summary>
    private const int FullSet = 10_000;

    [Fact]
    public void Undisturbed_runs_end_as_in_one_process()
    {
        for (int seed = 0; seed < 30; seed++) new SimulatedSchedule(seed, isDisturbed: false).Run();
    }

    [Fact]
    public void A_core_that_throws_once_costs_one_recovery_at_most_and_changes_nothing()
    {
        int recoveries = 0;
        for (int seed = 0; seed < 30; seed++)
        {
            var schedule = new SimulatedSchedule(seed, isDisturbed: false);
            schedule.FailOneCore(after: 20 * seed);
            schedule.Run();
            // None where the last checkpoint was on its way already, or nothing ran any more.
            Assert.True(schedule.Recoveries <= 1, $"seed {seed}: {schedule.Recoveries} recoveries");
            recoveries += schedule.Recoveries;
        }
        Assert.InRange(recoveries, 15, 30);
    }

    [Fact]
    public void Disturbed_runs_end_as_in_one_process()
    {
        if (Environment.GetEnvironmentVariable("ACTORSNN_SEED") is { } named)
        {
            var schedule = new SimulatedSchedule(int.Parse(named), isDisturbed: true);
            schedule.Run();
            foreach (string line in schedule.History) output.WriteLine(line);
            return;
        }
        int first = int.Parse(Environment.GetEnvironmentVariable("ACTORSNN_FIRST") ?? "0");
        int count = int.Parse(Environment.GetEnvironmentVariable("ACTORSNN_SCHEDULES") ?? "500");
        var crashes = new long[Enum.GetValues<CrashPoint>().Length];
        var faults = new long[Enum.GetValues<FaultKind>().Length];
        var failures = new SortedDictionary<int, string>();
        int next = first;
        // Threads of their own: those of the pool would be busy for minutes, and other tests wait for one.
        Thread[] threads = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(RunSchedules))];
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.True(failures.Count == 0, $"seeds that fail: {string.Join(", ", failures.Keys)}\n{failures.Values.FirstOrDefault()}");
        foreach (var point in Enum.GetValues<CrashPoint>()) output.WriteLine($"crash {point}: {crashes[(int)point]}");
        foreach (var kind in Enum.GetValues<FaultKind>()) output.WriteLine($"{kind}: {faults[(int)kind]}");
        if (count < FullSet) return;
        Assert.All(Enum.GetValues<CrashPoint>(), point => Assert.True(crashes[(int)point] >= 100, $"crash {point}: {crashes[(int)point]} times"));
        Assert.All(Enum.GetValues<FaultKind>(), kind => Assert.True(faults[(int)kind] >= 100, $"{kind}: {faults[(int)kind]} times"));

        void RunSchedules()
        {
            for (int seed; (seed = Interlocked.Increment(ref next) - 1) < first + count;)
            {
                var schedule = new SimulatedSchedule(seed, isDisturbed: true);
                string? failure = null;
                try
                {
                    schedule.Run();
                }
                catch (Exception e)
                {
                    failure = e.Message;
                }
                lock (failures)
                {
                    for (int i = 0; i < crashes.Length; i++) crashes[i] += schedule.Faults.Crashes[i];
                    for (int i = 0; i < faults.Length; i++) faults[i] += schedule.Faults.Faults[i];
                    if (failure is not null) failures[seed] = failure;
                    // Enough to see whether they have something in common.
                    if (failures.Count >= 5) return;
                }
            }
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_history()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var first = new SimulatedSchedule(seed, isDisturbed: true);
            var second = new SimulatedSchedule(seed, isDisturbed: true);
            first.Run();
            second.Run();
            Assert.Equal(first.History, second.History);
            Assert.Equal(first.Faults.Faults, second.Faults.Faults);
        }
    }
}
