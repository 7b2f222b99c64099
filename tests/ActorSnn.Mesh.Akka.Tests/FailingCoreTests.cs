using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ActorSnn.Mesh.Akka.Nodes;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Links;
using ActorSnn.Mesh.Stores;
using ActorSnn.Mesh.Tests.Cluster;
using ActorSnn.Networks;
using ActorSnn.Stores;
using ActorSnn.Tests;
using Akka.Actor;

namespace ActorSnn.Mesh.Akka.Tests;

/// <summary>A core that throws goes up to its node, the coordinator hears of it, and the run goes on from its last checkpoint.</summary>
public sealed class FailingCoreTests : IDisposable
{
    private const string Run = "run-1";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("actorsnn-akka-failing-").FullName;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly OneClientDoor _door = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_core_that_throws_is_restored_whenever_something_has_been_saved_in_between()
    {
        using var store = RunStores.Open($"dir:{_directory}");
        store.CreateRun(Run, FailingCores.Plan.ToJson(), NetworkBytes.Write(FailingCores.Network));
        using var node = new AkkaNode(new AkkaNodeOptions(), RunStores.Open($"dir:{_directory}"), _door, _log.Enqueue);
        var inside = await Inside(node);
        long tick = FailingCores.FirstTick;
        for (int failures = 1; failures <= 3; failures++)
        {
            var checkpoint = await Committed(store, tick);
            // All cores stand still there, and nobody looks at them.
            FailingCores.Spoil(Node(inside).Share!, FailingCores.StateOf(store, Run, checkpoint));
            _door.Say(new Extend(Run, tick + 40));
            checkpoint = await Committed(store, tick + 40);
            var history = RunNotes.TryRead(checkpoint.Notes)!.History;
            Assert.Equal((failures, node.Name, tick), (history.Recoveries, history.CoreFailure!.Node, history.CoreFailure.RestoredTick));
            Assert.Matches($"^core [01] failed at tick {tick + 5}: ", history.CoreFailure.Problem);
            Assert.Contains(_log, line => line.Contains($"{history.CoreFailure.Problem}; going on from tick {tick}"));
            tick += 40;
            Assert.Equal(OneCore.HashAt(FailingCores.Network, tick), FailingCores.StateOf(store, Run, checkpoint).Hash());
        }
        // A node with a run under way would wait for others to take it.
        _door.Say(new StopRun(Run));
        await Until(() => store.FindRun(Run)!.Status == RunStatus.Stopped);
    }

    private static async Task<NodeActor> Inside(AkkaNode node)
    {
        var actor = await System(node).ActorSelection($"/user/{NodeActor.Path}").ResolveOne(Patience);
        return (NodeActor)Actor((ActorCell)((ActorRefWithCell)actor).Underlying);
    }

    private async Task<CheckpointManifest> Committed(IRunStore store, long tick)
    {
        await Until(() => store.Checkpoints(Run).FirstOrDefault()?.Tick == tick);
        return store.Checkpoints(Run)[0];
    }

    private async Task Until(Func<bool> isSo)
    {
        long until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!isSo())
        {
            Assert.True(Environment.TickCount64 < until, string.Join('\n', _log));
            await Task.Delay(20);
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_system")]
    private static extern ref ActorSystem System(AkkaNode node);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Actor")]
    private static extern ActorBase Actor(ActorCell cell);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_node")]
    private static extern ref ClusterNode Node(NodeActor actor);

    /// <summary>Lets one client in, who does not listen.</summary>
    private sealed class OneClientDoor : IClientDoor
    {
        private IDoorVisitors? _visitors;
        private long _said;

        public string Address => "127.0.0.1:2";

        public void Open(PeerIdentity identity, IDoorVisitors visitors)
        {
            _visitors = visitors;
            visitors.Entered(1, new PeerIdentity(PeerRole.Client, "client", "", 1, identity.StoreId));
        }

        public void Say(ClientAction action) => _visitors!.Said(1, new ClientRequest(++_said, action).ToBytes());

        public void Transmit(long client, ReadOnlySpan<byte> frame)
        {
        }

        public void Close(long client)
        {
        }

        public void Dispose()
        {
        }
    }
}
