using System.Text;
using ActorSnn.Cli.Faults;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cores;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Faults;
using ActorSnn.Tests;

namespace ActorSnn.Cli.Tests;

/// <summary>What is done to a run while it goes on, and what is left of it afterwards.</summary>
public class FaultyRunTests
{
    private readonly Target _target = new();
    private readonly Run _run = new();
    private readonly FaultLog _log = new();

    [Fact]
    public void What_lasts_is_ended_when_the_run_is_left()
    {
        using (var faulty = Begin("{ kind: cut, one: node-1 }, { kind: lose, links: {}, rate: 1, at: { tick: 50 } }, { kind: slow-core, cores: 1, microsecondsPerTick: 3 }"))
        {
            _run.Reaches = 20;
            faulty.Advance(100, default);
            faulty.Advance(100, default);
            Assert.Equal([0, 2], _target.Orders.Select(o => o.Fault));
        }
        Assert.Equal([0, 2, 0, 2], _target.Orders.Select(o => o.Fault));
        Assert.True(Assert.IsType<SeparateNodes>(_target.Orders[2]).Heals);
        Assert.Equal(0, Assert.IsType<SlowCores>(_target.Orders[3]).MicrosecondsPerTick);
    }

    [Fact]
    public void What_nodes_counted_before_is_not_of_this_run()
    {
        _target.Counts = new FaultCounts { Lost = 5, SentAgain = 7 };
        using (Begin("{ kind: lose, links: {}, rate: 1 }")) _target.Counts = new FaultCounts { Lost = 8, SentAgain = 7 };
        Assert.Equal(new FaultCounts { Lost = 3 }, _log.Counts);
    }

    [Fact]
    public void A_core_is_killed_once_the_run_is_under_way_and_tried_again_while_that_kills_nothing()
    {
        using var faulty = Begin("{ kind: kill-core, cores: 1 }");
        faulty.Advance(100, default);
        Assert.Empty(_target.Orders);
        _run.Reaches = 20;
        faulty.Advance(100, default);
        faulty.Advance(100, default);
        Assert.NotEmpty(_target.Orders);
        Assert.Empty(_log.Injected);
        _target.Kills = true;
        _run.Reaches = 30;
        faulty.Advance(100, default);
        faulty.Advance(100, default);
        Assert.Single(_log.Injected);
    }

    [Fact]
    public void What_goes_wrong_is_said_to_who_follows_the_run_and_the_run_is_stopped()
    {
        _target.Throws = new IOException("the nodes are gone");
        _run.Reaches = 20;
        using var faulty = Begin("{ kind: cut, one: node-1 }");
        faulty.Advance(100, default);
        Assert.Equal("the nodes are gone", Assert.Throws<IOException>(() => faulty.Advance(100, default)).Message);
        Assert.True(_run.IsAbandoned);
    }

    [Fact]
    public async Task In_one_process_a_fault_ends_by_the_clock_even_when_nothing_goes_on()
    {
        _target.Nodes = [];
        using var faulty = Begin("{ kind: lose, links: {}, rate: 1, until: { seconds: 0.1 } }");
        _run.Blocks = _target.Mended.Task;
        await OwnThread.Run(() => faulty.Advance(100, default));
        Assert.Equal(2, _target.Orders.Count);
    }

    private FaultyRun Begin(string faults)
    {
        var scenario = Scenario.Parse(Encoding.UTF8.GetBytes($"name: a test\nfaults: [\n{faults}\n]\n"));
        return new FaultyRun(_run, 100, new FaultDirector(scenario, null, _target.Nodes, _target.Cores), _target, _log);
    }

    private sealed class Target : IFaultTarget
    {
        private readonly List<FaultOrder> _orders = [];

        public IReadOnlyList<FaultOrder> Orders
        {
            get
            {
                lock (_orders) return [.. _orders];
            }
        }

        public bool Kills { get; set; }

        public Exception? Throws { get; set; }

        public TaskCompletionSource Mended { get; } = new();

        public IReadOnlyList<string> Nodes { get; set; } = ["node-1", "node-2"];

        public int Cores => 3;

        public FaultCounts Counts { get; set; } = new();

        public void Apply(FaultOrder order)
        {
            if (Throws is not null) throw Throws;
            lock (_orders) _orders.Add(order);
            if (Kills && order is KillCores) Counts += new FaultCounts { KilledCores = 1 };
            if (order is MendLinks) Mended.TrySetResult();
        }
    }

    /// <summary>Gets as far as it is told to.</summary>
    private sealed class Run : INetworkRun
    {
        public long Reaches { get; set; } = -1;

        public Task Blocks { get; set; } = Task.CompletedTask;

        public bool IsAbandoned { get; private set; }

        public Placement Placement => throw new NotSupportedException();

        public int Threads => 1;

        public long Tick { get; private set; } = -1;

        public double Seconds => 0;

        public MeshTraffic? Traffic => null;

        public bool IsElsewhere => true;

        public ClusterFigures? Figures => null;

        public IFaultTarget Breakable(IReadOnlyList<(string Alias, string Name)>? nodes) => throw new NotSupportedException();

        public void Advance(long tick, CancellationToken stop)
        {
            Blocks.Wait(CancellationToken.None);
            Tick = Math.Min(tick, Reaches);
        }

        public void Abandon() => IsAbandoned = true;

        public NetworkState Capture() => throw new NotSupportedException();

        public Recordings TakeRecordings() => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
