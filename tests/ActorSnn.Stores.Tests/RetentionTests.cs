using ActorSnn.Mesh.Stores;

namespace ActorSnn.Stores.Tests;

public sealed class RetentionTests
{
    [Fact]
    public void Checkpoints_of_earlier_epochs_count_up_to_where_a_later_one_went_on()
    {
        var manifests = new[] { At(10, 0), At(20, 0), At(30, 0), At(25, 1), At(35, 1), At(32, 2), At(40, 4) };
        Assert.Equal([(40, 4), (32, 2), (25, 1), (20, 0), (10, 0)], Retention.Current(manifests).Select(m => (m.Tick, m.Epoch)));
    }

    [Fact]
    public void What_is_kept_counts_from_the_latest_that_counts()
    {
        var manifests = new[] { At(10, 0), At(20, 0), At(90, 0), At(30, 1) };
        var pruning = Retention.Prune(manifests, manifests.Select(m => (m.Parts[0].Key, m.Epoch)), epoch: 1, keep: 2, kept: []);
        Assert.Equal([10L, 90], pruning.Manifests.Order());
        Assert.Equal([10L, 90], pruning.Parts.Select(p => p.Key.Tick).Order());
    }

    [Fact]
    public void At_least_one_checkpoint_is_kept() => Assert.Throws<ArgumentOutOfRangeException>(() => Retention.Prune([], [], epoch: 0, keep: 0, kept: []));

    private static CheckpointManifest At(long tick, long epoch) => new(tick, epoch, [new StoredPart(new PartKey(tick, PartKind.State, 0), epoch, 1, "")], "{}");
}
