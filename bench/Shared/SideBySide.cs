using System.Diagnostics;

namespace ActorSnn.Bench;

/// <summary>
/// Times several ways of doing the same work in turn, round after round, so that all of them see the same weather. Quotes medians over
/// the rounds, and ratios as medians of the ratios within a round.
/// </summary>
public sealed class SideBySide(int rounds, int warmups)
{
    private readonly List<(string Name, Func<int, double> Time)> _entries = [];
    private readonly List<double[]> _times = [];

    /// <summary>Adds a contestant.</summary>
    /// <param name="name">Name.</param>
    /// <param name="work">Does its share of round number n and returns how many units it did.</param>
    public SideBySide Add(string name, Func<int, long> work) => AddReported(name, round =>
    {
        long start = Stopwatch.GetTimestamp();
        long units = work(round);
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / units;
    });

    /// <summary>Adds a contestant that takes its own time.</summary>
    /// <param name="name">Name.</param>
    /// <param name="time">Does its share of round number n and returns microseconds a unit.</param>
    public SideBySide AddReported(string name, Func<int, double> time)
    {
        _entries.Add((name, time));
        _times.Add(new double[rounds]);
        return this;
    }

    /// <summary>Runs all rounds.</summary>
    public SideBySide Run()
    {
        for (int round = -warmups; round < rounds; round++)
        {
            for (int i = 0; i < _entries.Count; i++)
            {
                double time = _entries[i].Time(round + warmups);
                if (round >= 0) _times[i][round] = time;
            }
        }
        return this;
    }

    /// <summary>Median microseconds a unit.</summary>
    public double Median(string name) => Median(_times[Index(name)]);

    /// <summary>Median over the rounds of time of a / time of b.</summary>
    public double Ratio(string a, string b) => Median([.. _times[Index(a)].Zip(_times[Index(b)], (x, y) => x / y)]);

    /// <summary>Prints a line a contestant: median, smallest and largest microseconds a unit.</summary>
    public void Print(string unit)
    {
        for (int i = 0; i < _entries.Count; i++)
            Console.WriteLine($"  {_entries[i].Name,-58} {Median(_times[i]),10:F2} us/{unit}   (min {_times[i].Min():F2}, max {_times[i].Max():F2})");
    }

    private int Index(string name) => _entries.FindIndex(e => e.Name == name);

    private static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
