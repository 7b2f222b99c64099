namespace ActorSnn.Stores.Tests;

public sealed class LeaseStateTests
{
    private static readonly DateTime Now = new(2026, 11, 22, 12, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    [Fact]
    public void It_is_held_until_it_runs_out_and_not_longer()
    {
        var lease = LeaseState.Free.AskedBy("a", "", Duration, Now);
        Assert.Equal("a", lease.AskedBy("b", "", Duration, Now + Duration - TimeSpan.FromTicks(1)).Holder);
        Assert.Equal(("b", 2L), (lease.AskedBy("b", "", Duration, Now + Duration).Holder, lease.AskedBy("b", "", Duration, Now + Duration).Term));
    }

    [Fact]
    public void Who_renews_keeps_his_term_even_late()
    {
        var lease = LeaseState.Free.AskedBy("a", "", Duration, Now).AskedBy("a", "", Duration, Now + (5 * Duration));
        Assert.Equal((1L, Now + (6 * Duration)), (lease.Term, lease.Expires));
    }

    [Fact]
    public void Who_gave_it_up_begins_a_new_term()
    {
        var lease = LeaseState.Free.AskedBy("a", "", Duration, Now).GivenUpBy("a");
        Assert.Equal(TimeSpan.Zero, lease.SeenBy("a", Now).Remaining);
        Assert.Equal(2, lease.AskedBy("a", "", Duration, Now).Term);
        Assert.Same(lease, lease.GivenUpBy("b"));
    }

    [Fact]
    public void A_clock_that_was_set_back_does_not_keep_it_alive()
    {
        var lease = LeaseState.Free.AskedBy("a", "", Duration, Now);
        Assert.Equal("b", lease.AskedBy("b", "", Duration, Now.AddDays(-1)).Holder);
        Assert.Equal("a", lease.AskedBy("b", "", Duration, Now.AddSeconds(-1)).Holder);
    }
}
