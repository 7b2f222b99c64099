namespace ActorSnn.Mesh.Faults;

/// <summary>When a network shows the samples of a data set.</summary>
/// <param name="Ticks">Ticks in which a sample is shown.</param>
/// <param name="First">First tick of sample 0.</param>
public readonly record struct SampleTimes(int Ticks, long First = 0)
{
    /// <summary>First tick of a sample.</summary>
    public long TickOf(long sample) => First + sample * Ticks;
}
