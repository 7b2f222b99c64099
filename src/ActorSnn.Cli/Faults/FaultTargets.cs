using ActorSnn.Cli.Clusters;
using ActorSnn.Cli.Hosts;
using ActorSnn.Mesh.Faults;

namespace ActorSnn.Cli.Faults;

/// <summary>Whom the machine faults of a scenario can be done to.</summary>
internal static class FaultTargets
{
    /// <summary>Refuses a scenario whose faults nobody could obey, before anything is run.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="hasLocalNodes">Whether the run is on nodes that were started for it.</param>
    /// <exception cref="ScenarioException">One of them cannot be done there.</exception>
    public static void Require(Scenario scenario, bool hasLocalNodes)
    {
        foreach (var fault in scenario.MachineFaults)
        {
            if (fault is NodeFault && hasLocalNodes) continue;
            throw new ScenarioException(scenario.File, fault.Line, $"faults[{fault.Place}]", fault is NodeFault
                ? $"\"{fault.Kind}\" needs nodes that were started for the experiment; give --nodes N"
                : $"\"{fault.Kind}\" of links, cores or connections cannot be done by this build; it can kill, freeze and restart nodes, given --nodes N");
        }
    }

    /// <summary>What a run's machine faults are done to.</summary>
    /// <param name="run">The run.</param>
    /// <param name="nodes">The nodes that were started for it; null for none.</param>
    public static IFaultTarget Of(INetworkRun run, LocalCluster? nodes)
    {
        // Here goes what breaks links and cores: the mesh of this process, or a cluster whose nodes allow it. With it, Require becomes unnecessary.
        IFaultTarget inner = new Unbreakable(run.Placement.Cores.Length);
        return nodes is null ? inner : new LocalNodesFaultTarget(nodes, inner);
    }

    /// <summary>Nothing can be done to it.</summary>
    private sealed class Unbreakable(int cores) : IFaultTarget
    {
        public IReadOnlyList<string> Nodes => [];

        public int Cores => cores;

        public FaultCounts Counts => new();

        public void Apply(FaultOrder order) => throw new FaultRefusedException($"{order.GetType().Name} cannot be done here");
    }
}
