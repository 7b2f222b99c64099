using ActorSnn.Cli.Clusters;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Systems;
using ActorSnn.Cores;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Faults;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Faults;

/// <summary>Runs networks with the faults of a scenario: those of the simulation are built into them, those of the machine happen while they run.</summary>
/// <param name="host">What runs them.</param>
/// <param name="scenario">The scenario.</param>
/// <param name="disturbs">Whether the faults happen; otherwise it is only made sure that they could, and networks run as they are.</param>
/// <param name="nodes">The local nodes they run on; null for none.</param>
/// <param name="log">Takes down what is done to the machine.</param>
internal sealed class FaultyHost(INetworkHost host, Scenario scenario, bool disturbs, LocalCluster? nodes, FaultLog log) : INetworkHost
{
    private SampleTimes? _samples;

    public IEngine Local => host.Local;

    public string Engine => host.Engine;

    /// <summary>An experiment has no store; how often states are kept to go on from is said by the plan.</summary>
    public RunCheckpoints? OpenCheckpoints(CheckpointRequest request, IRunObserver observer) => host.OpenCheckpoints(request with { Every = null }, observer);

    public Network Prepare(Network network, SampleTimes? samples)
    {
        _samples = samples;
        var builder = new NetworkBuilder(network);
        scenario.ApplyTo(builder, samples);
        return disturbs ? builder.Build() : network;
    }

    public INetworkRun Begin(Network network, NetworkPlan plan, NetworkState? from, IRunObserver observer)
    {
        var expected = scenario.MachineFaults.Aggregate(ExpectedFaults.None, (all, fault) => all | fault switch
        {
            LinkFault => ExpectedFaults.Links,
            SlowCore or KilledCore => ExpectedFaults.Cores,
            _ => ExpectedFaults.Nodes,
        });
        if (expected == ExpectedFaults.None) return host.Begin(network, plan, from, observer);
        if (plan.Free is not null) throw new UsageException("--timing free: what faults of the machine do can be repaired in exact and delayed timing only; leave it out");
        plan = plan with { Check = (names, cores) => _ = new FaultDirector(scenario, _samples, nodes is null ? names : LocalNodesFaultTarget.AliasesOf(nodes), cores) };
        var run = host.Begin(network, disturbs ? plan with { Faults = expected } : plan, from, observer);
        try
        {
            IFaultTarget? target = nodes is not null ? new LocalNodesFaultTarget(nodes, run.Breakable) : disturbs || run.IsElsewhere ? run.Breakable(null) : null;
            var director = new FaultDirector(scenario, _samples, target?.Nodes ?? [], run.Placement.Cores.Length);
            return disturbs ? new FaultyRun(run, plan.LastTick, director, target!, log) : run;
        }
        catch
        {
            run.Abandon();
            run.Dispose();
            throw;
        }
    }
}
