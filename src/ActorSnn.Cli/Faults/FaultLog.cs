using ActorSnn.Mesh.Faults;

namespace ActorSnn.Cli.Faults;

/// <summary>Something that was done to the machine.</summary>
/// <param name="Seconds">Wall time since the run began.</param>
/// <param name="Tick">The tick that was to be run next, as far as was known.</param>
/// <param name="Order">What was done.</param>
internal sealed record InjectedFault(double Seconds, long Tick, FaultOrder Order)
{
    /// <summary>A few words for people.</summary>
    public string What => Order switch
    {
        BreakNode { What: NodeFaultKind.Kill } b => $"{b.Node} killed",
        BreakNode { What: NodeFaultKind.Restart } b => $"{b.Node} killed and started again",
        BreakNode b => FormattableString.Invariant($"{b.Node} frozen for {b.Seconds:0.###} s"),
        DisturbLinks d => $"{d.What.Kind} on {d.Links.Length} links begins",
        MendLinks => "links are mended",
        SlowCores { MicrosecondsPerTick: 0 } s => $"{CoresOf(s.Cores)} no longer slowed",
        SlowCores s => FormattableString.Invariant($"{CoresOf(s.Cores)} slowed by {s.MicrosecondsPerTick:0.###} us a tick"),
        KillCores k => $"{CoresOf(k.Cores)} killed",
        SeparateNodes { Heals: true } s => $"{string.Join(", ", s.One)} and {string.Join(", ", s.Other)} reach each other again",
        SeparateNodes s => $"{string.Join(", ", s.One)} cut off from {string.Join(", ", s.Other)}",
        _ => Order.GetType().Name,
    };

    private static string CoresOf(IReadOnlyList<int> cores) => $"{(cores.Count == 1 ? "core" : "cores")} {string.Join(' ', cores)}";
}

/// <summary>What was done to the machine during a run. Written and read on any thread.</summary>
internal sealed class FaultLog
{
    private readonly List<InjectedFault> _faults = [];

    /// <summary>What was done so far, by time.</summary>
    public IReadOnlyList<InjectedFault> Injected
    {
        get
        {
            lock (_faults) return [.. _faults];
        }
    }

    /// <summary>What the target counted in the end.</summary>
    public FaultCounts Counts { get; set; } = new();

    public void Add(InjectedFault fault)
    {
        lock (_faults) _faults.Add(fault);
    }
}
