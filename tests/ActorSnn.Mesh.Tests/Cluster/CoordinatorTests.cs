using System.Collections.Immutable;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Mesh.Tests.Cluster;

/// <summary>The coordinator on node a, with a node b, each step at the test's word.</summary>
public class CoordinatorTests
{
    private static readonly ClusterOptions Options = new() { DetectionMs = 200, LeaseMs = 200 };
    private static readonly Network Network = RandomNetworks.Make(3, maxSize: 20);
    private readonly ErrandQueue _world = new();
    private Coordinator _coordinator;

    public CoordinatorTests()
    {
        _coordinator = NewCoordinator();
    }

    [Fact]
    public void Cores_start_when_all_nodes_stand_at_the_checkpoint()
    {
        var assign = PlaceRun();
        SayReady("a", assign);
        Assert.Empty(Sent<Start>());
        SayReady("b", assign);
        Assert.Equal(["a", "b"], Sent<Start>().Select(s => s.Node));
    }

    [Fact]
    public void A_node_that_takes_no_cores_gets_none_and_all_decisions_are_told_after_the_store_has_taken_them()
    {
        _coordinator.Receive(0, "b", new NodeStatus(["a", "b"], null, 0, -1, -1, null, false, TakesCores: false));
        Assert.Equal(["a"], _coordinator.Status(0, "store").Nodes.Where(n => n.IsReady).Select(n => n.Name));
        _coordinator.Receive(0, "b", new NodeStatus(["a", "b"], null, 0, -1, -1, null, false));
        var assign = StartRun();
        var raised = Assert.IsType<EpochRaised>(Assert.Single(_world.Decisions));
        Assert.Equal((assign.Run, assign.Epoch, -1L), (raised.Run, raised.Epoch, raised.FromTick));
        Assert.Equal(assign.NodeOf, raised.NodeOf);
        Store("a", assign, 9);
        Store("b", assign, 9);
        _world.Do(Errand.Commit, new StoreException("the answer was lost"));
        Assert.Single(_world.Decisions);
        Advance(Options.RetryMs);
        _world.Do(Errand.Commit);
        Assert.Equal(new CheckpointCommitted(assign.Run, assign.Epoch, 9), _world.Decisions[^1]);
    }

    [Fact]
    public void A_checkpoint_is_committed_when_all_parts_are_there_and_again_when_the_answer_was_lost()
    {
        var assign = StartRun();
        Store("a", assign, 9);
        Assert.DoesNotContain(Errand.Commit, _world.Waiting);
        Store("b", assign, 9);
        _world.Do(Errand.Commit, new StoreException("the answer was lost"));
        Assert.Empty(Sent<Committed>());
        Advance(Options.RetryMs);
        _world.Do(Errand.Commit);
        Assert.All(Sent<Committed>(), c => Assert.Equal(9, ((Committed)c.Message).Tick));
        Assert.Equal(2, Sent<Committed>().Count);
    }

    [Fact]
    public void A_damaged_checkpoint_that_was_committed_anew_is_good_again()
    {
        var assign = StartRun();
        Commit(assign, 9);
        Commit(assign, 19);
        _world.Do(Errand.Runs);
        Assert.True(_world.Store.DamageLatest(0, _ => 99));
        assign = Recover();
        Assert.Equal(19, assign.From!.Tick);
        _coordinator.Receive(_world.Now, "a", new BuildFailed(assign.Run, assign.Epoch, "a bit has flipped", IsCheckpointDamaged: true));
        assign = Raise();
        Assert.Equal(9, assign.From!.Tick);
        Assert.Equal(19, Assert.Single(assign.Renewed));
        SayReady("a", assign);
        SayReady("b", assign);
        Commit(assign, 19);
        Assert.Equal(19, Recover().From!.Tick);
    }

    [Fact]
    public void A_node_lost_twice_makes_two_epochs_and_each_is_above_those_of_all_runs()
    {
        _world.Store.CreateRun("other", Plan().ToJson(), NetworkBytes.Write(Network));
        _world.Store.RaiseEpoch("other", 40, null);
        _world.Store.SetStatus("other", 40, RunStatus.Done, "{}");
        var first = PlaceRun();
        Assert.Equal(41, first.Epoch);
        Assert.Equal(42, Recover().Epoch);
    }

    [Fact]
    public void A_newer_epoch_in_the_store_ends_it()
    {
        var assign = StartRun();
        _world.Store.RaiseEpoch(assign.Run, assign.Epoch + 1, null);
        Store("a", assign, 9, isWritten: false);
        Store("b", assign, 9, isWritten: false);
        _world.Do(Errand.Commit);
        Assert.True(_coordinator.IsSuperseded);
        _world.Sent.Clear();
        Advance(1000);
        Assert.Empty(_world.Sent);
    }

    [Fact]
    public void A_raise_whose_answer_was_lost_is_followed_by_a_higher_one()
    {
        EnterRun();
        Advance(100);
        _world.Do(Errand.Epoch, new StoreException("the answer was lost"));
        Advance(Options.RetryMs);
        _world.Do(Errand.Epoch);
        Assert.False(_coordinator.IsSuperseded);
        Assert.Equal(2, ((Assign)Sent<Assign>()[0].Message).Epoch);
    }

    [Fact]
    public void The_end_of_a_run_is_entered_until_the_store_knows()
    {
        FailCore(StartRun());
        var assign = Resume();
        _world.Do(Errand.Runs);
        FailCore(assign);
        Assert.Equal(2, Sent<Release>().Count);
        _world.Do(Errand.Runs);
        _world.Do(Errand.Runs, new StoreException("no route"));
        Advance(Options.RetryMs - 1);
        Assert.DoesNotContain(Errand.Runs, _world.Waiting);
        Advance(1);
        _world.Do(Errand.Runs);
        Assert.Equal(RunStatus.Failed, _world.Store.FindRun("run-1")!.Status);
        Assert.Null(_coordinator.Active);
    }

    [Fact]
    public void A_core_that_throws_is_restored_with_all_others_and_who_asks_is_told_which_it_was()
    {
        var assign = StartRun();
        Commit(assign, 9);
        FailCore(assign);
        // What the node says again, as it may have been lost, is old.
        FailCore(assign);
        Assert.Contains("run-1: b: core 1 failed; going on from tick 9", _world.Lines);
        assign = Resume();
        Assert.Equal(9, assign.From!.Tick);
        var report = Report();
        Assert.Equal((RunStatus.Running, 1), (report.Status, report.History.Recoveries));
        Assert.Equal(new CoreFailure("b", "core 1 failed", 9), report.History.CoreFailure);
    }

    [Fact]
    public void A_core_that_throws_again_before_a_later_checkpoint_ends_the_run_and_the_run_can_be_continued()
    {
        FailCore(StartRun());
        FailCore(Resume());
        Assert.Equal("b: core 1 failed", Report().Problem);
        while (_world.Waiting.Contains(Errand.Runs)) _world.Do(Errand.Runs);
        Assert.Equal(RunStatus.Failed, Report().Status);

        Assert.Null(_coordinator.Continue("run-1"));
        _world.Do(Errand.Runs);
        Advance(1);
        _world.Do(Errand.Read);
        var assign = Raise();
        SayReady("a", assign);
        SayReady("b", assign);
        Assert.Null(Report().History.CoreFailure);
        FailCore(assign);
        Resume();
        Assert.Equal(RunPhase.Running, _coordinator.Active!.Phase);
    }

    [Fact]
    public void A_checkpoint_in_between_lets_a_core_throw_again_and_one_that_was_restored_from_does_not()
    {
        var assign = StartRun();
        FailCore(assign);
        assign = Resume();
        Commit(assign, 9);
        // The commit is on its way, and what the run is restored from.
        Store("a", assign, 19);
        Store("b", assign, 19);
        FailCore(assign);
        _world.Do(Errand.Commit);
        assign = Resume();
        Assert.Equal((19L, 19L), (assign.From!.Tick, Report().History.CoreFailure!.RestoredTick));
        FailCore(assign);
        Assert.Equal(RunPhase.Ending, _coordinator.Active!.Phase);
    }

    [Fact]
    public void The_next_coordinator_knows_that_a_core_has_failed()
    {
        FailCore(StartRun());
        Resume();
        while (_world.Waiting.Contains(Errand.Runs)) _world.Do(Errand.Runs);
        _coordinator = NewCoordinator();
        Advance(1);
        _world.Do(Errand.Runs);
        Advance(1);
        _world.Do(Errand.Read);
        Advance(100);
        var assign = Resume();
        Assert.Equal(2, Report().History.Recoveries);
        FailCore(assign);
        Assert.Equal(RunPhase.Ending, _coordinator.Active!.Phase);
    }

    [Fact]
    public void An_open_run_that_stands_at_its_end_is_stopped_at_once_and_after_a_recovery_too()
    {
        var assign = StartRun(Plan() with { IsOpen = true, LastTick = 9 });
        Commit(assign, 9);
        assign = Recover();
        Assert.Null(_coordinator.Stop("run-1"));
        SayReady("a", assign);
        SayReady("b", assign);
        Advance(1);
        while (_world.Waiting.Contains(Errand.Runs)) _world.Do(Errand.Runs);
        Assert.Equal(RunStatus.Stopped, _world.Store.FindRun("run-1")!.Status);
    }

    [Fact]
    public void A_queued_run_that_is_stopped_is_not_taken_up_before_the_store_knows()
    {
        StartRun();
        _world.Store.CreateRun("run-2", Plan().ToJson(), NetworkBytes.Write(Network));
        _coordinator.Entered("run-2", _world.Store.FindRun("run-2"));
        Assert.Null(_coordinator.Stop("run-2"));
        Assert.Equal("run-2 is stopped already", _coordinator.Stop("run-2"));
        Assert.Null(_coordinator.Continue("run-2"));
        Assert.Equal("run-2 is queued", _coordinator.Continue("run-2"));
    }

    [Fact]
    public void A_run_whose_entry_was_not_confirmed_is_found_and_its_name_not_given_again()
    {
        Advance(1);
        _world.Do(Errand.Runs);
        string name = _coordinator.Reserve("run");
        Assert.Equal("run-1", name);
        _world.Store.CreateRun(name, Plan().ToJson(), NetworkBytes.Write(Network));
        _coordinator.Entered(name, null);
        Assert.Equal("run-2", _coordinator.Reserve("run"));
        Advance(1);
        _world.Do(Errand.Runs);
        Assert.NotNull(_coordinator.PlanOf(name));
    }

    [Fact]
    public void A_run_that_could_not_be_removed_is_there_again()
    {
        _world.Store.CreateRun("run-1", Plan().ToJson(), NetworkBytes.Write(Network));
        Advance(1);
        _world.Do(Errand.Runs);
        Assert.Null(_coordinator.Forget("run-1"));
        Assert.Null(_coordinator.PlanOf("run-1"));
        Advance(Options.DetectionMs);
        _world.Do(Errand.Runs);
        Assert.Null(_coordinator.PlanOf("run-1"));
        _coordinator.Recall("run-1");
        Advance(1);
        _world.Do(Errand.Runs);
        Assert.NotNull(_coordinator.PlanOf("run-1"));
    }

    [Fact]
    public void A_run_whose_placement_does_not_fit_a_message_fails_and_says_why()
    {
        EnterRun(Plan() with { LastTick = 1_000_000, KeptTicks = [.. Enumerable.Range(0, 20_000).Select(i => 50L * i)] });
        Advance(100);
        _world.Do(Errand.Epoch);
        Assert.Empty(Sent<Assign>());
        Assert.StartsWith("its plan and its checkpoint take ", _coordinator.ReportOf(_world.Now, "run-1")!.Problem);
    }

    [Fact]
    public void The_last_node_is_not_drained()
    {
        Assert.Null(_coordinator.Drain("b"));
        Assert.Equal("a is the last node; stop the run and the node instead", _coordinator.Drain("a"));
        Assert.Equal("there is no node c; there are a, b", _coordinator.Drain("c"));
    }

    private static RunPlan Plan() => new() { LastTick = 99, FirstCheckpoint = 9, CheckpointEvery = 10, Cores = 2 };

    private RunProgressReport Report() => _coordinator.ReportOf(_world.Now, "run-1")!;

    private Coordinator NewCoordinator()
    {
        long term = _world.Store.AcquireLease("a#1", "a", TimeSpan.FromDays(1)).Term;
        var coordinator = new Coordinator("a", term, Options, _world, _world, _world.Now);
        coordinator.SetNodes(_world.Now, ["b"]);
        foreach (string node in new[] { "a", "b" }) coordinator.Receive(_world.Now, node, new NodeStatus(["a", "b"], null, 0, -1, -1, null, false));
        return coordinator;
    }

    private List<(string Node, ControlMessage Message)> Sent<T>() => [.. _world.Sent.Where(s => s.Message is T)];

    private void Advance(long time) => _coordinator.Advance(_world.Now += time);

    private void EnterRun(RunPlan? plan = null)
    {
        _world.Store.CreateRun("run-1", (plan ?? Plan()).ToJson(), NetworkBytes.Write(Network));
        Advance(1);
        _world.Do(Errand.Runs);
        Advance(1);
        _world.Do(Errand.Read);
    }

    private Assign PlaceRun(RunPlan? plan = null)
    {
        EnterRun(plan);
        Advance(100);
        return AwaitAssign();
    }

    private Assign StartRun(RunPlan? plan = null)
    {
        var assign = PlaceRun(plan);
        SayReady("a", assign);
        SayReady("b", assign);
        return assign;
    }

    private Assign Recover()
    {
        var run = _coordinator.Active!;
        _coordinator.Receive(_world.Now, "a", new PeerLost(run.Name, run.Epoch, "b"));
        _coordinator.Receive(_world.Now, "a", new NodeStatus(["a", "b"], null, 0, -1, -1, null, false));
        return AwaitAssign();
    }

    private void FailCore(Assign assign) => _coordinator.Receive(_world.Now, "b", new CoreFailed(assign.Run, assign.Epoch, "core 1 failed"));

    /// <summary>A recovery that is under way goes well.</summary>
    private Assign Resume()
    {
        var assign = AwaitAssign();
        SayReady("a", assign);
        SayReady("b", assign);
        return assign;
    }

    private Assign Raise()
    {
        Advance(1);
        return AwaitAssign();
    }

    private Assign AwaitAssign()
    {
        _world.Sent.Clear();
        _world.Do(Errand.Epoch);
        var sent = Sent<Assign>();
        Assert.Equal(["a", "b"], sent.Select(s => s.Node));
        return (Assign)sent[0].Message;
    }

    private void SayReady(string node, Assign assign) => _coordinator.Receive(_world.Now, node, new Ready(assign.Run, assign.Epoch, -1, 1));

    private void Store(string node, Assign assign, long tick, bool isWritten = true)
    {
        var key = new PartKey(tick, PartKind.State, assign.Nodes.IndexOf(node));
        var part = isWritten ? _world.Store.WritePart(assign.Run, assign.Epoch, key, new byte[] { 1 }) : new StoredPart(key, assign.Epoch, 1, "");
        _coordinator.Receive(_world.Now, node, new PartsStored(assign.Run, assign.Epoch, tick, ImmutableArray.Create(part)));
    }

    private void Commit(Assign assign, long tick)
    {
        Store("a", assign, tick);
        Store("b", assign, tick);
        _world.Do(Errand.Commit);
    }
}
