namespace ActorSnn.Mesh.Faults;

/// <summary>Cores that take longer for their ticks on purpose. What several faults do to one adds up.</summary>
internal sealed class SlowCoreTable
{
    private readonly Dictionary<(int Fault, int Core), double> _slow = [];

    /// <summary>How much longer, in microseconds a tick, by core.</summary>
    public IReadOnlyDictionary<int, double> MicrosecondsPerTick => _slow.GroupBy(s => s.Key.Core).ToDictionary(g => g.Key, g => g.Sum(s => s.Value));

    /// <summary>Takes down what a fault does to cores.</summary>
    /// <param name="fault">Place of the fault in its scenario.</param>
    /// <param name="cores">The cores.</param>
    /// <param name="microsecondsPerTick">How much longer they take; 0 ends it.</param>
    public void Set(int fault, IReadOnlyList<int> cores, double microsecondsPerTick)
    {
        foreach (int core in cores)
        {
            if (microsecondsPerTick > 0) _slow[(fault, core)] = microsecondsPerTick;
            else _slow.Remove((fault, core));
        }
    }
}
