using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Faults;

/// <summary>What simulates, as something that can be broken on purpose: a mesh in one process, or a cluster whose nodes allow it.</summary>
public interface IFaultTarget
{
    /// <summary>Names of the nodes; empty in one process.</summary>
    IReadOnlyList<string> Nodes { get; }

    /// <summary>Number of cores.</summary>
    int Cores { get; }

    /// <summary>Lets a fault happen now.</summary>
    /// <exception cref="FaultRefusedException">It cannot happen here, or is not allowed.</exception>
    void Apply(FaultOrder order);

    /// <summary>What was done so far, and what was noticed of it.</summary>
    FaultCounts Counts { get; }
}

/// <summary>What faults of links and cores did, and what the link protocol noticed and repaired.</summary>
public sealed record FaultCounts
{
    /// <summary>Packets or frames lost on purpose.</summary>
    public long Lost { get; init; }

    /// <summary>Packets or frames delivered twice on purpose.</summary>
    public long Duplicated { get; init; }

    /// <summary>Packets or frames delayed on purpose.</summary>
    public long Delayed { get; init; }

    /// <summary>Packets or frames that another has overtaken on purpose.</summary>
    public long Reordered { get; init; }

    /// <summary>Packets or frames damaged on purpose.</summary>
    public long Corrupted { get; init; }

    /// <summary>Cores killed.</summary>
    public long KilledCores { get; init; }

    /// <summary>Damaged frames that were noticed.</summary>
    public long CorruptNoticed { get; init; }

    /// <summary>Repeated payloads that were noticed, and dropped.</summary>
    public long DuplicatesNoticed { get; init; }

    /// <summary>Payloads that came before one that was missing.</summary>
    public long OutOfOrderNoticed { get; init; }

    /// <summary>Frames sent again.</summary>
    public long SentAgain { get; init; }

    /// <summary>What a link has noticed and repaired.</summary>
    internal static FaultCounts Noticed(LinkCounters link) => new()
    {
        CorruptNoticed = link.Corrupt, DuplicatesNoticed = link.Duplicates, OutOfOrderNoticed = link.OutOfOrder, SentAgain = link.Retransmitted,
    };

    /// <summary>What has been added since earlier counts.</summary>
    public static FaultCounts operator -(FaultCounts now, FaultCounts before) => new()
    {
        Lost = now.Lost - before.Lost,
        Duplicated = now.Duplicated - before.Duplicated,
        Delayed = now.Delayed - before.Delayed,
        Reordered = now.Reordered - before.Reordered,
        Corrupted = now.Corrupted - before.Corrupted,
        KilledCores = now.KilledCores - before.KilledCores,
        CorruptNoticed = now.CorruptNoticed - before.CorruptNoticed,
        DuplicatesNoticed = now.DuplicatesNoticed - before.DuplicatesNoticed,
        OutOfOrderNoticed = now.OutOfOrderNoticed - before.OutOfOrderNoticed,
        SentAgain = now.SentAgain - before.SentAgain,
    };

    /// <summary>The sum of two counts.</summary>
    public static FaultCounts operator +(FaultCounts a, FaultCounts b) => new()
    {
        Lost = a.Lost + b.Lost,
        Duplicated = a.Duplicated + b.Duplicated,
        Delayed = a.Delayed + b.Delayed,
        Reordered = a.Reordered + b.Reordered,
        Corrupted = a.Corrupted + b.Corrupted,
        KilledCores = a.KilledCores + b.KilledCores,
        CorruptNoticed = a.CorruptNoticed + b.CorruptNoticed,
        DuplicatesNoticed = a.DuplicatesNoticed + b.DuplicatesNoticed,
        OutOfOrderNoticed = a.OutOfOrderNoticed + b.OutOfOrderNoticed,
        SentAgain = a.SentAgain + b.SentAgain,
    };
}

/// <summary>A fault cannot happen where it was asked for.</summary>
/// <param name="message">One line.</param>
public sealed class FaultRefusedException(string message) : Exception(message);
