namespace ActorSnn.Mesh.Faults;

/// <summary>What a time in a scenario counts.</summary>
public enum TimeUnit
{
    /// <summary>Ticks from 0.</summary>
    Tick,

    /// <summary>Samples of a data set from 0; a time is the first tick of the sample.</summary>
    Sample,

    /// <summary>Seconds of wall time since the run began.</summary>
    Seconds,
}

/// <summary>A time in a scenario.</summary>
/// <param name="Unit">What it counts.</param>
/// <param name="Value">How many; whole for ticks and samples.</param>
public readonly record struct ScenarioTime(TimeUnit Unit, double Value)
{
    /// <summary>Tick 0.</summary>
    public static ScenarioTime Start => new(TimeUnit.Tick, 0);

    /// <summary>The tick; null for a wall time.</summary>
    /// <param name="samples">When samples are shown.</param>
    public long? TickIn(SampleTimes samples) => Unit switch
    {
        TimeUnit.Tick => (long)Value,
        TimeUnit.Sample => samples.TickOf((long)Value),
        _ => null,
    };
}
