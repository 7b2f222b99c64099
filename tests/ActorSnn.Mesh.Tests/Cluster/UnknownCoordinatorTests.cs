using ActorSnn.Mesh.Cluster;

namespace ActorSnn.Mesh.Tests.Cluster;

/// <summary>Nodes learn of each other from each other, and may lose whom they have it from.</summary>
public class UnknownCoordinatorTests
{
    [Fact]
    public void Nodes_that_only_know_one_that_is_gone_find_each_other_by_the_lease()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var cluster = new SimulatedCluster(seed, 3, 0, new SimulatedFaults());
            var first = cluster.Nodes[0];
            Coordinator? Leading() => cluster.Nodes.Select(n => n.Node?.Coordinator).FirstOrDefault(c => c is not null);

            // Both others are told to join the first, which ends before it has met either.
            Assert.True(cluster.RunUntil(() => first.IsUp, 1000));
            first.Kill();
            Assert.True(
                cluster.RunUntil(() => Leading()?.Status(cluster.Now, "").Nodes.Length == 2, 100 * SimulatedCluster.Options.DetectionMs),
                $"seed {seed}: {string.Join("; ", cluster.Nodes)}");
        }
    }
}
