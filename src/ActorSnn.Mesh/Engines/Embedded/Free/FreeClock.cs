using System.Diagnostics;

namespace ActorSnn.Mesh.Embedded;

/// <summary>Wall time in ticks.</summary>
/// <param name="tickMicroseconds">Microseconds a tick takes.</param>
/// <param name="firstTick">The tick that is due now.</param>
internal readonly struct FreeClock(int tickMicroseconds, long firstTick)
{
    /// <summary>Sleeping is good to about this; closer than that to its tick a worker only offers its processor to others.</summary>
    private const double SleepMs = 2;

    private readonly double _stampsPerTick = tickMicroseconds * 1e-6 * Stopwatch.Frequency;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly long _firstTick = firstTick;

    /// <summary>The last tick that is due.</summary>
    public long Tick => _firstTick + (long)((Stopwatch.GetTimestamp() - _start) / _stampsPerTick);

    /// <summary>Lets some of the time until a tick is due go by.</summary>
    public void Pass(long tick)
    {
        double stamps = _start + (tick - _firstTick) * _stampsPerTick - Stopwatch.GetTimestamp();
        double ms = stamps * 1e3 / Stopwatch.Frequency;
        if (ms > SleepMs) Thread.Sleep((int)Math.Min(ms - SleepMs / 2, 50));
        else Thread.Yield();
    }
}
