using System.Collections.Immutable;

namespace ActorSnn.Mesh;

/// <summary>
/// Free timing: every core runs on its own wall clock and waits for no one, as on a SpiNNaker machine. At its tick a core takes what has arrived. A spike that arrives after the
/// tick it should have acted in is <b>late</b>: it goes on as if it had been emitted so many ticks later, and so acts in the next tick. It is never dropped for being late, and
/// how late spikes were is counted. Such a run is not reproducible.
/// </summary>
/// <param name="TickMicroseconds">Microseconds of wall time a tick takes, at least 1.</param>
public sealed record FreeTiming(int TickMicroseconds)
{
    /// <summary>
    /// Ticks a core may be behind another that sends to it. What is sent to a core further behind is dropped, and counted: a core that never keeps up would else be owed ever
    /// more.
    /// </summary>
    public const int MostTicksBehind = 4096;
}

/// <summary>What free timing did to the spikes between cores. A spike counts once for each core it is sent to.</summary>
/// <param name="Sent">Spikes sent from one core to another; those that were neither delivered nor dropped are still under way.</param>
/// <param name="Delivered">Spikes that reached the other core.</param>
/// <param name="Late">Spikes among them that were late: entry i by i + 1 ticks, the last by <see cref="MostTicksLate"/> or more.</param>
/// <param name="Merged">Late spikes, and spikes on time, that came to act together with another of the same neuron and count once with it.</param>
/// <param name="Dropped">Spikes dropped because the other core was more than <see cref="FreeTiming.MostTicksBehind"/> ticks behind.</param>
/// <param name="OverrunTicks">Ticks of cores that began when the next one was due already: the core had fallen behind its clock. Every tick is run all the same.</param>
public sealed record FreeFigures(long Sent, long Delivered, ImmutableArray<long> Late, long Merged, long Dropped, long OverrunTicks)
{
    /// <summary>From here on nobody asks how late exactly.</summary>
    public const int MostTicksLate = 64;

    /// <summary>Nothing yet.</summary>
    public static FreeFigures None { get; } = new(0, 0, [.. new long[MostTicksLate]], 0, 0, 0);

    /// <summary>Spikes that were late, by however much.</summary>
    public long LateSpikes => Late.Sum();

    /// <summary>The figures of several cores together.</summary>
    public FreeFigures Plus(FreeFigures other) => new(
        Sent + other.Sent, Delivered + other.Delivered, [.. Late.Zip(other.Late, (a, b) => a + b)], Merged + other.Merged, Dropped + other.Dropped, OverrunTicks + other.OverrunTicks);
}
