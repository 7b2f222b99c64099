using System.Collections.Immutable;

namespace ActorSnn.Mesh;

/// <summary>At which ticks a run is captured: at every so many, at some that are named, and at the last.</summary>
/// <param name="First">The first regular one.</param>
/// <param name="Every">Ticks from one regular one to the next, at least 1.</param>
/// <param name="Last">The last tick of the run.</param>
/// <param name="Named">Others, ascending.</param>
public sealed record CheckpointSchedule(long First, long Every, long Last, ImmutableArray<long> Named)
{
    /// <summary>The next tick of the schedule after one; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextAfter(long tick)
    {
        if (tick >= Last) return long.MaxValue;
        long next = tick < First ? First : First + ((tick - First) / Every + 1) * Every;
        foreach (long named in Named)
        {
            if (named <= tick) continue;
            next = Math.Min(next, named);
            break;
        }
        return Math.Min(next, Last);
    }
}
