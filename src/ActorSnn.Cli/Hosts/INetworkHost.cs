using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ActorSnn.Cli.Systems;
using ActorSnn.Cores;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Faults;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Hosts;

/// <summary>Where a command has its network run: in this process or on a cluster. Which of them changes no result.</summary>
internal interface INetworkHost
{
    /// <summary>What runs smaller networks beside it, such as those of evaluations, in this process.</summary>
    IEngine Local { get; }

    /// <summary>Name of the engine that runs the network itself.</summary>
    string Engine { get; }

    /// <summary>The checkpoints this process is to look after; null for none, or where the host does that on its own.</summary>
    /// <exception cref="UsageException">What was asked for cannot be had here.</exception>
    RunCheckpoints? OpenCheckpoints(CheckpointRequest request, IRunObserver observer);

    /// <summary>What is run in place of a network: the network itself, unless an experiment makes something else of it. Its populations and projections are the same.</summary>
    /// <param name="network">The network.</param>
    /// <param name="samples">When it shows samples; null where it shows none.</param>
    Network Prepare(Network network, SampleTimes? samples);

    /// <summary>Has a network built.</summary>
    /// <param name="network">The network.</param>
    /// <param name="plan">How it is to be run.</param>
    /// <param name="from">The state to go on from; null for before the first tick.</param>
    /// <param name="observer">Who wants to know.</param>
    /// <exception cref="UsageException">It cannot be run like this.</exception>
    INetworkRun Begin(Network network, NetworkPlan plan, NetworkState? from, IRunObserver observer);
}

/// <summary>How a network is to be run.</summary>
internal sealed record NetworkPlan
{
    /// <summary>What to call the run.</summary>
    public required string Name { get; init; }

    /// <summary>The last tick to run.</summary>
    public required long LastTick { get; init; }

    /// <summary>Tick of the first regular checkpoint, where the host looks after them.</summary>
    public required long FirstCheckpoint { get; init; }

    /// <summary>Ticks from one regular checkpoint to the next.</summary>
    public required long CheckpointEvery { get; init; }

    /// <summary>Ticks, ascending, at which the state will be looked at before the last.</summary>
    public ImmutableArray<long> KeptTicks { get; init; } = [];

    /// <summary>Number of cores; null lets the limits decide.</summary>
    public int? Cores { get; init; }

    /// <summary>Threads, of each node where there are several; null lets the engine decide.</summary>
    public int? Threads { get; init; }

    /// <summary>Threads the number of cores is to be a multiple of, in this process.</summary>
    public int Workers { get; init; } = 1;

    public UpdateStrategy Update { get; init; }

    /// <summary>Free timing, in this process; null for the network's own, exact or delayed.</summary>
    public FreeTiming? Free { get; init; }

    /// <summary>Which faults of the machine it must survive.</summary>
    public ExpectedFaults Faults { get; init; }

    /// <summary>Is told the names of the nodes and the number of cores before a run is submitted to a cluster, and throws when they will not do; null for nobody.</summary>
    public Action<IReadOnlyList<string>, int>? Check { get; init; }

    /// <summary>What somebody else needs to know to finish the command: its name and what it was given.</summary>
    public JsonObject About { get; init; } = [];
}

/// <summary>Which faults of the machine are to happen to a run. In one process they have to be prepared for.</summary>
[Flags]
internal enum ExpectedFaults
{
    /// <summary>None.</summary>
    None,

    /// <summary>Cores that are slow or killed.</summary>
    Cores = 1,

    /// <summary>Links that lose, repeat, delay or change what goes over them.</summary>
    Links = 2,

    /// <summary>Nodes that end or cannot reach each other.</summary>
    Nodes = 4,
}

/// <summary>A network under way. It is seen as it was at <see cref="Tick"/>, though on a cluster it may be further.</summary>
internal interface INetworkRun : IDisposable
{
    /// <summary>Which core holds what.</summary>
    Placement Placement { get; }

    /// <summary>Threads that run it, of all nodes together.</summary>
    int Threads { get; }

    /// <summary>The last tick all cores have run; -1 before the first.</summary>
    long Tick { get; }

    /// <summary>Time it has been under way: in this process, or on the cluster.</summary>
    double Seconds { get; }

    /// <summary>What went between cores in this process; null where nobody counts.</summary>
    MeshTraffic? Traffic { get; }

    /// <summary>What free timing did; null in reproducible timing.</summary>
    FreeFigures? Free => null;

    /// <summary>Whether it goes on without this process.</summary>
    bool IsElsewhere { get; }

    /// <summary>What it went through: on a cluster, or as a network that may be broken in this process; null where nothing can happen to it.</summary>
    ClusterFigures? Figures { get; }

    /// <summary>What faults of the machine are done to. The plan has said that there will be some.</summary>
    /// <param name="nodes">What its nodes are called in the scenario, with their names in the cluster; null for the latter.</param>
    /// <exception cref="Mesh.Tcp.ClusterException">No node answers.</exception>
    IFaultTarget Breakable(IReadOnlyList<(string Alias, string Name)>? nodes);

    /// <summary>Goes on towards a tick for a fraction of a second; never beyond it.</summary>
    /// <exception cref="CoreFailedException">A core threw.</exception>
    /// <exception cref="LeftRunException">It goes on, or has ended, without this process.</exception>
    void Advance(long tick, CancellationToken stop);

    /// <summary>Stops it, as far as that can be done, where it would go on without this process.</summary>
    void Abandon()
    {
    }

    /// <summary>The state at <see cref="Tick"/>; on a cluster this must be one of the kept ticks or the last.</summary>
    NetworkState Capture();

    /// <summary>What the probes recorded since this was last called, as far as it can be had; all of it at the last tick.</summary>
    Recordings TakeRecordings();
}

/// <summary>What a run went through.</summary>
/// <param name="Run">Its name on the cluster; null in this process.</param>
/// <param name="Nodes">Nodes that had cores of it in the end; 0 in this process.</param>
/// <param name="History">What happened to it.</param>
internal sealed record ClusterFigures(string? Run, int Nodes, RecoveryHistory History)
{
    /// <summary>Adds to a result what scripts look for in those of all runs.</summary>
    public static void AddTo(JsonObject json, ClusterFigures? figures)
    {
        var history = figures?.History ?? new RecoveryHistory();
        json["nodes"] = figures?.Nodes ?? 0;
        json["recoveries"] = history.Recoveries;
        json["rebalances"] = history.Rebalances;
        json["resumedFromTick"] = history.ResumedFromTick;
        json["ticksRedone"] = history.TicksRedone;
        if (figures?.Run is { } run) json["run"] = run;
    }

    /// <summary>One line for people.</summary>
    public override string ToString() =>
        (Run is null ? "" : $"run {Run} on {Nodes} {(Nodes == 1 ? "node" : "nodes")}, ")
        + $"{History.Recoveries} {(History.Recoveries == 1 ? "recovery" : "recoveries")}, {History.Rebalances} {(History.Rebalances == 1 ? "rebalance" : "rebalances")}"
        + (History.ResumedFromTick is null ? "" : $"; last resumed from tick {History.ResumedFromTick}, at most {History.TicksRedone} ticks redone");
}

/// <summary>A run on a cluster goes on, or has been stopped there, without this process. The message says what can be done about it.</summary>
/// <param name="message">One line.</param>
/// <param name="isAsked">Whether nothing else was wanted.</param>
/// <param name="isInterrupted">Whether Ctrl-C or SIGTERM was the reason.</param>
internal sealed class LeftRunException(string message, bool isAsked = false, bool isInterrupted = false) : Exception(message)
{
    /// <summary>Whether Ctrl-C or SIGTERM was the reason.</summary>
    public bool IsInterrupted { get; } = isInterrupted;

    /// <summary>Whether nothing else was wanted.</summary>
    public bool IsAsked { get; } = isAsked;
}
