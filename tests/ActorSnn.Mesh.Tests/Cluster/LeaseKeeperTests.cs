using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Mesh.Tests.Cluster;

public class LeaseKeeperTests
{
    private static readonly ClusterOptions Options = new() { LeaseMs = 300, DetectionMs = 200 };
    private readonly ErrandQueue _world = new();
    private readonly LeaseKeeper _keeper;

    public LeaseKeeperTests() => _keeper = new LeaseKeeper("a#1", "a", Options, _world);

    [Fact]
    public void The_lease_is_held_from_the_question_on_however_late_the_answer()
    {
        _keeper.Advance(0);
        _world.Now = 250;
        _world.Do(Errand.Lease);
        Assert.True(_keeper.IsHeld(299));
        Assert.False(_keeper.IsHeld(300));
        Assert.True(_world.Store.IsHeldBy("a", _keeper.Term));
    }

    [Fact]
    public void It_is_renewed_before_it_runs_out_under_the_same_term()
    {
        Acquire();
        long term = _keeper.Term;
        _keeper.Advance(99);
        Assert.Empty(_world.Waiting);
        _world.Now = 100;
        _keeper.Advance(100);
        _world.Do(Errand.Lease);
        Assert.True(_keeper.IsHeld(399));
        Assert.Equal(term, _keeper.Term);
    }

    [Fact]
    public void An_answer_from_before_it_was_given_up_does_not_bring_it_back()
    {
        Acquire();
        _world.Now = 100;
        _keeper.Advance(100);
        _keeper.GiveUp();
        _keeper.AskAgain(500);
        _world.Do(Errand.Lease);
        Assert.False(_keeper.IsHeld(100));
        _world.Do(Errand.Lease);
        Assert.False(_world.Store.IsHeldBy("a", _keeper.Term));
        _keeper.Advance(499);
        Assert.Empty(_world.Waiting);
        _keeper.Advance(500);
        Assert.Single(_world.Waiting);
    }

    [Fact]
    public void Given_up_before_the_first_answer_it_is_released_all_the_same()
    {
        _keeper.Advance(0);
        _keeper.GiveUp();
        _world.Do(Errand.Lease);
        _world.Do(Errand.Lease);
        Assert.True(_world.Store.AcquireLease("b#1", "b", TimeSpan.FromMilliseconds(1)).IsMine);
    }

    [Fact]
    public void It_says_for_how_long_the_store_has_not_answered()
    {
        _keeper.Advance(10);
        _world.Now = 40;
        _world.Do(Errand.Lease, new StoreException("no route"));
        Assert.Equal(90, _keeper.FailingFor(100));
        Assert.Equal("no route", _keeper.Trouble);
        _world.Now = 60;
        _keeper.Advance(60);
        _world.Do(Errand.Lease);
        Assert.Equal(0, _keeper.FailingFor(100));
        Assert.Null(_keeper.Trouble);
    }

    [Fact]
    public void Who_does_not_get_it_asks_again_when_it_may_be_free()
    {
        _world.Store.AcquireLease("b#1", "b", TimeSpan.FromMilliseconds(50));
        _keeper.Advance(0);
        _world.Do(Errand.Lease);
        Assert.False(_keeper.IsHeld(0));
        Assert.Equal("b", _keeper.Coordinator);
        _world.Now = 51;
        _keeper.Advance(51);
        _world.Do(Errand.Lease);
        Assert.True(_keeper.IsHeld(51));
    }

    [Fact]
    public void Who_may_not_ask_does_not_and_gives_up_what_it_has()
    {
        _keeper.IsAllowed = false;
        _keeper.Advance(0);
        Assert.Empty(_world.Waiting);
        _keeper.IsAllowed = true;
        Acquire();
        _keeper.IsAllowed = false;
        Assert.False(_keeper.IsHeld(1));
        _world.Do(Errand.Lease);
        Assert.False(_world.Store.IsHeldBy("a", _keeper.Term));
        _keeper.Advance(1000);
        Assert.Empty(_world.Waiting);
        _keeper.IsAllowed = true;
        _world.Now = 1000;
        _keeper.Advance(1000);
        _world.Do(Errand.Lease);
        Assert.True(_keeper.IsHeld(1000));
    }

    private void Acquire()
    {
        _keeper.Advance(0);
        _world.Do(Errand.Lease);
        Assert.True(_keeper.IsHeld(0));
    }
}
