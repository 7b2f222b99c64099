using ActorSnn.Mesh.Cluster;

namespace ActorSnn.Mesh.Tests.Cluster;

/// <summary>Service managers start a node again under the name it had.</summary>
public class DrainedNodeTests
{
    [Fact]
    public void A_node_that_was_drained_and_is_started_again_under_its_name_stays()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var cluster = new SimulatedCluster(seed, 3, 0, new SimulatedFaults());
            Coordinator? Leading() => cluster.Nodes.Select(n => n.Node?.Coordinator).FirstOrDefault(c => c is not null);
            bool AllAreThere() => Leading()?.Status(cluster.Now, "").Nodes.Length == 3;
            void Wait(Func<bool> reached, string what) => Assert.True(cluster.RunUntil(reached, 20_000), $"seed {seed}: {what} does not come");

            Wait(AllAreThere, "the cluster of three");
            var node = cluster.Nodes.First(n => n.Node!.Coordinator is null);
            Assert.Null(Leading()!.Drain(node.Name));
            Wait(() => node.Node!.IsDrained, "the end of the drained node");
            node.Kill();
            node.Start();
            Wait(() => AllAreThere() && node.Node!.Peers.Any(p => p.IsUp(cluster.Now)), "the node's return");
            cluster.RunUntil(() => false, 10 * SimulatedCluster.Options.DetectionMs);

            Assert.False(node.Node!.IsDrained, $"seed {seed}: drained again");
            Assert.All(Leading()!.Status(cluster.Now, "").Nodes, n => Assert.False(n.IsDraining, $"seed {seed}: {n.Name} is draining"));
        }
    }
}
