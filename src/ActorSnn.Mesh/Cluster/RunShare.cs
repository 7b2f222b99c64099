using System.Collections.Immutable;
using ActorSnn.Cores;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh.Cluster;

/// <summary>A node's cores of a run, as one version of the placement has them, standing at a checkpoint.</summary>
internal sealed class RunShare
{
    private readonly int _runAhead;

    private RunShare(Assign assign, Placement placement, CoreGroup group, CaptureBoard board, NodeGateway gateway, int runAhead) =>
        (Assign, Placement, Group, Board, Gateway, _runAhead) = (assign, placement, group, board, gateway, runAhead);

    public Assign Assign { get; }

    public Placement Placement { get; }

    public CoreGroup Group { get; }

    /// <summary>What collects the states at checkpoints.</summary>
    public CaptureBoard Board { get; }

    public NodeGateway Gateway { get; }

    /// <summary>Slices of the cores here.</summary>
    public ImmutableArray<Slice> Slices => [.. Group.Cores.SelectMany(c => c.Machine.Core.Slices)];

    /// <summary>
    /// Builds a node's cores and restores them. Takes as long as it takes, and is done apart from everything else.
    /// </summary>
    /// <param name="store">Holds the network and the checkpoint.</param>
    /// <param name="assign">The placement.</param>
    /// <param name="self">Name of the node.</param>
    /// <param name="before">The share of the version before, stopped here if it has not been; its cores are used again where they can be. Null for none.</param>
    /// <param name="captured">Is told the state and recordings of the cores here, at each checkpoint, on any thread.</param>
    /// <param name="pump">Works on the links to other nodes; null where the caller does that on its own.</param>
    /// <exception cref="StoreException">The store cannot be reached.</exception>
    /// <exception cref="DamagedPartException">The checkpoint is damaged.</exception>
    /// <exception cref="ArchiveException">The checkpoint is damaged, though its checksums are not.</exception>
    public static RunShare Build(IRunStore store, Assign assign, string self, RunShare? before, Action<NetworkState, Recordings> captured, IPump? pump)
    {
        before?.Group.Dispose();
        var plan = RunPlan.FromJson(assign.Plan);
        bool isSameRun = before is not null && before.Assign.Run == assign.Run;
        var placement = isSameRun ? before!.Placement : plan.Place(NetworkBytes.Read(store.ReadNetwork(assign.Run), assign.Run));
        var network = placement.Network;
        if (assign.NodeOf.Length != placement.Cores.Length)
            throw new InvalidOperationException($"{assign.Run} has {placement.Cores.Length} cores here and {assign.NodeOf.Length} at the coordinator; all nodes must run the same version");
        int position = assign.Nodes.IndexOf(self);
        int runAhead = plan.MeshOptions.RunAheadFor(network.MaxDelay);
        var links = placement.Links();
        var windows = LoopWindows.Of(placement.Cores.Length, links);
        int[] own = [.. Enumerable.Range(0, placement.Cores.Length).Where(c => assign.NodeOf[c] == position)];
        // Without a checkpoint cores begin as they are built.
        var usable = isSameRun && assign.From is not null ? before!.Group.Cores.Where(c => !c.IsGone).ToDictionary(c => c.Machine.Core.Index, c => c.Machine.Core) : [];
        var machines = new CoreMachine[own.Length];
        Parallel.For(0, own.Length, i => machines[i] = new CoreMachine(
            usable.GetValueOrDefault(own[i]) ?? new NeuronCore(placement, own[i], runAhead, plan.MeshOptions.Core), links, runAhead, windows[own[i]]));
        if (assign.From is { } manifest)
        {
            var state = new NetworkState(network, manifest.Tick);
            foreach (var part in manifest.Parts.Where(p => p.Key.Kind == PartKind.State))
                StatePart.MergeInto(state, store.ReadPart(assign.Run, part), $"{assign.Run}, tick {manifest.Tick}, part {part.Key.Number}");
            foreach (var machine in machines)
            {
                machine.Core.Restore(state, carriesTotals: machine.Core.Index == 0);
                machine.Reset();
            }
        }
        var schedule = plan.Schedule with { Last = assign.LastTick, Named = [.. plan.KeptTicks.Union(assign.Renewed).Order()] };
        var board = new CaptureBoard(network, schedule, own.Length, captured);
        long bytes = own.Sum(c => placement.Cores[c].SynapseBytes);
        int threads = Math.Clamp(plan.Threads ?? (int)Math.Min(bytes / MeshOptions.SynapseBytesPerThread, Environment.ProcessorCount), 1, Math.Max(1, own.Length));
        var group = new CoreGroup(placement, machines, runAhead, threads, board, pump);
        return new RunShare(assign, placement, group, board, new NodeGateway(placement, links, assign.NodeOf, position, group, runAhead), runAhead);
    }

    /// <summary>How far cores may run, when a checkpoint has been committed: one run-ahead beyond the next.</summary>
    /// <param name="committed">Tick of the checkpoint; -1 for none.</param>
    public long LimitAfter(long committed)
    {
        long next = Board.Schedule.NextAfter(committed);
        return next == long.MaxValue ? committed : Math.Min(Board.Schedule.Last, next + _runAhead);
    }
}
