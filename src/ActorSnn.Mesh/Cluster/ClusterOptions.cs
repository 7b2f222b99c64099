namespace ActorSnn.Mesh.Cluster;

/// <summary>Times and sizes of a cluster; the same on all its nodes.</summary>
public sealed record ClusterOptions
{
    /// <summary>Time without a sign of life after which a node counts as lost, in milliseconds. A connection may break and be made again within it.</summary>
    public int DetectionMs { get; init; } = 2000;

    /// <summary>Time the right to coordinate is given for, in milliseconds; renewed three times within it.</summary>
    public int LeaseMs { get; init; } = 2000;

    /// <summary>Time a node goes on trying to reach the store before it ends, in milliseconds.</summary>
    public int StoreTimeoutMs { get; init; } = 60_000;

    /// <summary>Checkpoints to keep beside those that are kept in any case.</summary>
    public int KeptCheckpoints { get; init; } = 2;

    /// <summary>Time between two reports of a node to its coordinator, in milliseconds.</summary>
    public int ReportMs => Math.Max(1, DetectionMs / 20);

    /// <summary>Time a new coordinator gives the nodes of a run to show up, in milliseconds.</summary>
    public int SettleMs => Math.Max(1, DetectionMs / 2);

    /// <summary>Time before something that failed is tried again, in milliseconds.</summary>
    public int RetryMs => Math.Max(1, DetectionMs / 10);
}
