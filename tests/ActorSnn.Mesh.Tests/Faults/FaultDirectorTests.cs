using ActorSnn.Mesh.Faults;

namespace ActorSnn.Mesh.Tests.Faults;

public class FaultDirectorTests
{
    private static readonly string[] Nodes = ["node-1", "node-2", "node-3"];

    [Fact]
    public void A_fault_happens_once_when_its_tick_has_come()
    {
        var director = Director("{ kind: kill-node, nodes: node-2, at: { tick: 100 } }");
        Assert.Equal(100, director.NextTick);
        Assert.Empty(director.Due(99, 1e6));
        Assert.Equal([new BreakNode(0, 0, NodeFaultKind.Kill, "node-2", 0)], director.Due(100, 1e6));
        Assert.True(director.IsOver);
        Assert.Equal(long.MaxValue, director.NextTick);
        Assert.Empty(director.Due(101, 2e6));
    }

    [Fact]
    public void A_time_in_samples_is_their_first_tick()
    {
        var director = Director("{ kind: freeze-node, nodes: node-1, seconds: 3, at: { sample: 5 } }", new SampleTimes(12, First: 12));
        Assert.Equal(72, director.NextTick);
        Assert.Equal([new BreakNode(0, 0, NodeFaultKind.Freeze, "node-1", 3)], director.Due(72, 0));
    }

    [Fact]
    public void A_wall_time_takes_no_notice_of_ticks()
    {
        var director = Director("{ kind: restart-node, nodes: node-1, at: { seconds: 2.5 } }");
        Assert.Equal(long.MaxValue, director.NextTick);
        Assert.Empty(director.Due(1_000_000, 2.4));
        Assert.Equal(NodeFaultKind.Restart, Assert.IsType<BreakNode>(Assert.Single(director.Due(0, 2.5))).What);
    }

    [Fact]
    public void What_lasts_is_ended()
    {
        var director = Director("""
            { kind: lose, links: { from: node-1 }, rate: 0.5, at: { tick: 10 }, until: { tick: 20 } },
            { kind: slow-core, cores: "?", microsecondsPerTick: 7, until: { seconds: 1 } },
            { kind: cut, one: node-2, at: { seconds: 1 }, until: { seconds: 2 } },
            """);
        Assert.Equal(7, Assert.IsType<SlowCores>(Assert.Single(director.Due(0, 0))).MicrosecondsPerTick);
        var lost = Assert.IsType<DisturbLinks>(Assert.Single(director.Due(10, 0.5)));
        Assert.Equal([("node-1", "node-2"), ("node-1", "node-3")], lost.Links.ToArray());
        Assert.Equal(20, director.NextTick);
        var orders = director.Due(15, 1.5);
        Assert.Equal([0, 1, 2, 3], Assert.IsType<SlowCores>(orders[0]).Cores.ToArray());
        Assert.Equal(0, ((SlowCores)orders[0]).MicrosecondsPerTick);
        var cut = Assert.IsType<SeparateNodes>(orders[1]);
        Assert.Equal(["node-2"], cut.One.ToArray());
        Assert.Equal(["node-1", "node-3"], cut.Other.ToArray());
        Assert.False(cut.Heals);
        Assert.Equal([new MendLinks(0, 0)], director.Due(20, 1.6));
        Assert.True(Assert.IsType<SeparateNodes>(Assert.Single(director.Due(25, 2))).Heals);
        Assert.True(director.IsOver);
    }

    [Fact]
    public void What_lasts_is_ended_early_once_it_has_begun()
    {
        var director = Director("""
            { kind: lose, links: { from: node-1 }, rate: 0.5, at: { tick: 10 }, until: { tick: 20 } }, { kind: cut, one: node-2 },
            { kind: slow-core, cores: 1, microsecondsPerTick: 7, at: { tick: 100 } }, { kind: corrupt, links: {}, rate: 0.5, until: { tick: 5 } }, { kind: kill-core, cores: 1, perSecond: 5 },
            """);
        director.Due(10, 1);
        var orders = director.End();
        Assert.Equal([0, 1], orders.Select(o => o.Fault));
        Assert.IsType<MendLinks>(orders[0]);
        Assert.True(Assert.IsType<SeparateNodes>(orders[1]).Heals);
        Assert.True(director.IsOver);
        Assert.Empty(director.End());
        Assert.Empty(director.Due(1000, 10));
    }

    [Fact]
    public void What_comes_between_two_looks_is_ordered_by_time()
    {
        var director = Director("""
            { kind: heal, one: node-2, at: { seconds: 3 } }, { kind: cut, one: node-2, at: { seconds: 1 } }, { kind: kill-node, nodes: node-3, at: { seconds: 2 } },
            { kind: delay, links: {}, ms: 1, at: { seconds: 1.5 }, until: { seconds: 2.5 } },
            """);
        Assert.Equal([1, 3, 2, 3, 0], director.Due(0, 10).Select(o => o.Fault));
    }

    [Fact]
    public void A_rate_gives_times_that_depend_on_the_seed_and_not_on_how_often_one_looks()
    {
        const string Storm = "{ kind: restart-node, nodes: '*', choose: one, perSecond: 2, at: { seconds: 5 }, until: { seconds: 105 } }";
        var once = Director(Storm).Due(0, 200);
        Assert.InRange(once.Count, 150, 250);
        Assert.Equal(Enumerable.Range(0, once.Count), once.Select(o => o.Occurrence));
        Assert.All(Nodes, n => Assert.InRange(once.Count(o => ((BreakNode)o).Node == n), 30, 110));

        var director = Director(Storm);
        var often = new List<FaultOrder>();
        for (int i = 0; i <= 20_000; i++)
        {
            var due = director.Due(0, i * 0.01);
            if (i * 0.01 < 5) Assert.Empty(due);
            often.AddRange(due);
        }
        Assert.Equal(once, often);
        Assert.True(director.IsOver);
        Assert.NotEqual(once, Director(Storm, seed: 2).Due(0, 200));
    }

    [Fact]
    public void A_rate_may_begin_and_end_at_ticks()
    {
        var director = Director("{ kind: kill-core, cores: '*', choose: one, perSecond: 100, at: { tick: 50 }, until: { tick: 60 } }");
        Assert.Empty(director.Due(49, 10));
        Assert.InRange(director.Due(50, 11).Count, 50, 150);
        Assert.InRange(director.Due(59, 12).Count, 50, 150);
        Assert.Empty(director.Due(60, 100));
        Assert.True(director.IsOver);
    }

    [Fact]
    public void All_that_match_are_hit_unless_one_is_chosen()
    {
        Assert.Equal(Nodes, Director("{ kind: kill-node, nodes: 'node-*' }").Due(0, 0).Select(o => ((BreakNode)o).Node));
        Assert.Single(Director("{ kind: kill-node, nodes: 'node-*', choose: one }").Due(0, 0));
        Assert.Equal([2], Assert.IsType<KillCores>(Assert.Single(Director("{ kind: kill-core, cores: 2 }").Due(0, 0))).Cores.ToArray());
        Assert.Single(((KillCores)Director("{ kind: kill-core, cores: '*', choose: one }").Due(0, 0)[0]).Cores);
    }

    [Fact]
    public void In_one_process_links_are_those_between_cores()
    {
        var director = new FaultDirector(Parse("{ kind: corrupt, links: { to: '1' }, rate: 0.1 }", 1), null, [], 3);
        Assert.Equal([("0", "1"), ("2", "1")], ((DisturbLinks)director.Due(0, 0)[0]).Links.ToArray());
    }

    [Fact]
    public void Two_faults_draw_different_things()
    {
        var orders = Director("{ kind: lose, links: {}, rate: 0.5 }, { kind: lose, links: {}, rate: 0.5 }").Due(0, 0).Cast<DisturbLinks>().ToList();
        Assert.NotEqual(orders[0].Seed, orders[1].Seed);
    }

    [Theory]
    [InlineData("{ kind: kill-node, nodes: node-7 }", "line 4: faults[0].nodes: \"node-7\" stands for no node; there are node-1, node-2, node-3")]
    [InlineData("{ kind: cut, one: '*' }", "line 4: faults[0].other: \"*\" stands for no other node than \"*\" does; name the other side")]
    [InlineData("{ kind: cut, one: node-1, other: x }", "line 4: faults[0].other: \"x\" stands for no node; there are node-1, node-2, node-3")]
    [InlineData("{ kind: kill-core, cores: 4 }", "line 4: faults[0].cores: \"4\" stands for no core; there are 0, 1, 2, 3")]
    [InlineData("{ kind: lose, rate: 1, links: { from: 'n*1', to: node-1 } }", "line 4: faults[0].links: stand for no link; there are 3 nodes")]
    [InlineData("{ kind: lose, rate: 1, links: { from: x } }", "line 4: faults[0].links.from: \"x\" stands for no node; there are node-1, node-2, node-3")]
    [InlineData("{ kind: kill-node, nodes: '*', at: { sample: 3 } }", "line 4: faults[0].at.sample: a time in samples, but the network shows no samples; give \"tick\"")]
    public void What_stands_for_nothing_is_an_error(string fault, string expected) => Assert.Equal(expected, Assert.Throws<ScenarioException>(() => Director(fault)).Message);

    [Fact]
    public void There_are_no_nodes_in_one_process() => Assert.Equal(
        "line 4: faults[0].nodes: there are no nodes in one process; run on several nodes",
        Assert.Throws<ScenarioException>(() => new FaultDirector(Parse("{ kind: kill-node, nodes: '*' }", 1), null, [], 4)).Message);

    [Fact]
    public void Faults_of_the_simulation_are_none_of_the_machine()
    {
        var director = Director("{ kind: silence, populations: h }");
        Assert.True(director.IsOver);
        Assert.Empty(director.Due(0, 0));
    }

    private static FaultDirector Director(string faults, SampleTimes? samples = null, int seed = 1) => new(Parse(faults, seed), samples, Nodes, cores: 4);

    private static Scenario Parse(string faults, int seed) => EverythingThatBreaks.Parse($"name: test\nseed: {seed}\nfaults: [\n{faults}\n]");
}
