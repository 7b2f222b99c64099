using System.Diagnostics;
using System.Security.Cryptography;
using ActorSnn.Mesh.Akka.Cores;
using ActorSnn.Mesh.Akka.Journal;
using ActorSnn.Mesh.Akka.Wire;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Links;
using ActorSnn.Mesh.Stores;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace ActorSnn.Mesh.Akka.Nodes;

/// <summary>
/// A node of a cluster. What it does is decided by a pure <see cref="ClusterNode"/>; here are its clock, its errands at the store, its greetings with the actors of other nodes, and its children, which run the cores. One message at a
/// time: nobody else touches the node.
/// <para>
/// <b>Supervision.</b> The actor of a core that throws is stopped, and with it all cores here; the failure is reported to the coordinator, as on every engine. It restores the run from its last checkpoint, or ends it when a core has
/// failed there before.
/// </para>
/// <para>
/// <b>Who coordinates.</b> The node asks for the store's lease only while the cluster's singleton is here and its journal says what the store says. The lease decides.
/// </para>
/// </summary>
internal sealed class NodeActor : UntypedActor, INodeWorld, IWithTimers
{
    /// <summary>Last part of its path, the same on all nodes.</summary>
    public const string Path = "node";

    private const int TickMs = 10;
    private const int IntroduceMs = 300;

    private readonly AkkaNodeParts _parts;
    private readonly PeerIdentity _identity;
    private readonly ClusterNode _node;
    private readonly StoreErrands _errands;
    private readonly IActorRef _self;
    private readonly IActorContext _context;
    private readonly Bell _bell;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly HashSet<Address> _up = [];
    private readonly Dictionary<string, IActorRef> _nodes = [];
    private readonly Dictionary<long, Open> _called = [];
    private readonly Dictionary<long, Open> _answered = [];
    private readonly Dictionary<long, Open> _open = [];
    private readonly HashSet<long> _clients = [];
    private IActorRef _coordinator = ActorRefs.Nobody;
    private long _introduceAt;
    private bool _hasEnded;

    public NodeActor(AkkaNodeParts parts)
    {
        (_parts, _self, _context) = (parts, Self, Context);
        _bell = new Bell { Actor = Self };
        _errands = new StoreErrands(parts.Store, ((INodeWorld)this).Post);
        _identity = new PeerIdentity(PeerRole.Node, parts.Door.Address, parts.Door.Address, (ulong)NewNumber(), parts.Store.Id);
        _node = new ClusterNode(_identity, parts.Options, parts.Store.Address, [], this, pump: null, parts.AllowFaults, parts.TakesCores) { MayCoordinate = false };
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private long Now => (long)Stopwatch.GetElapsedTime(_start).TotalMilliseconds;

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("tick", Tick.Instance, TimeSpan.FromMilliseconds(TickMs));
        global::Akka.Cluster.Cluster.Get(_context.System).Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        _context.System.EventStream.Subscribe(Self, typeof(LogEvent));
        _parts.Door.Open(_identity, new Visitors(this));
    }

    protected override void PostStop()
    {
        global::Akka.Cluster.Cluster.Get(_context.System).Unsubscribe(Self);
        End("its actor has been stopped");
        _node.Share?.Group.Stop();
        _errands.Close();
        _errands.Join();
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        maxNrOfRetries: 0,
        withinTimeMilliseconds: Timeout.Infinite,
        decider: Decider.From(failure =>
        {
            // Of a version of the placement that has been given up nothing matters any more.
            if (_node.Share is { Group: { Shell: CoreActors actors } group } && actors.Contains(Sender)) group.Fail(failure as CoreFailedException ?? new CoreFailedException(-1, -1, failure));
            return Directive.Stop;
        }),
        loggingEnabled: false);

    protected override void OnReceive(object message)
    {
        try
        {
            Take(message);
        }
        catch (Exception e) when (message is Greeting or LinkFrame)
        {
            // Nothing that comes in from elsewhere ends a node; with whoever has sent it no more is said.
            _parts.Log($"{Sender.Path.Address} refused: {e.Message.ReplaceLineEndings(" ")}");
            if (message is LinkFrame frame && _open.ContainsKey((long)frame.Connection))
            {
                ((INodeWorld)this).Close((long)frame.Connection);
                _node.Disconnected(Now, (long)frame.Connection);
            }
        }
        catch (Exception e)
        {
            // What its state is now nobody knows. The run goes on elsewhere.
            _parts.Log($"an error inside the node: {e}");
            End($"an error inside the node: {e.Message}");
            _context.Stop(Self);
        }
    }

    private void Take(object message)
    {
        if (_hasEnded) return;
        switch (message)
        {
            case LinkFrame frame:
                if (!_open.ContainsKey((long)frame.Connection)) return;
                _node.Received(Now, (long)frame.Connection, frame.Bytes);
                _node.Exchange(Now, idle: true);
                break;
            case Rung:
                _bell.Answer();
                _node.Exchange(Now, idle: true);
                break;
            case Happening happening:
                happening.Action(Now);
                break;
            case Tick:
                Advance();
                break;
            case Greeting greeting:
                Take(greeting);
                break;
            // Connections between Akka.NET's own endpoints come and go with the nodes, of which the node says what matters.
            case LogEvent { Message: var text } when text.ToString() is { } line && (line.StartsWith("Associated", StringComparison.Ordinal) || line.StartsWith("Disassociated", StringComparison.Ordinal)):
                break;
            case LogEvent said:
                _parts.Log($"Akka.NET: {said.Message.ToString()?.ReplaceLineEndings(" ")}{(said.Cause is { } cause ? $": {cause.Message.ReplaceLineEndings(" ")}" : "")}");
                break;
            case ClusterEvent.MemberUp up:
                _up.Add(up.Member.Address);
                break;
            case ClusterEvent.MemberRemoved removed:
                _up.Remove(removed.Member.Address);
                foreach (string name in _nodes.Where(n => n.Value.Path.Address == removed.Member.Address).Select(n => n.Key).ToList()) _nodes.Remove(name);
                break;
            case Leave:
                _node.Drain();
                break;
            case CoordinatorIsHere here:
                _coordinator = here.Coordinator;
                CatchUp(here.Coordinator);
                break;
            case CaughtUp when Sender.Equals(_coordinator):
                _parts.Log("the coordinator's journal says what the store says");
                _node.MayCoordinate = true;
                break;
            case CoordinatorIsGone gone when gone.Coordinator.Equals(_coordinator):
                _coordinator = ActorRefs.Nobody;
                _node.MayCoordinate = false;
                _parts.Log(gone.Problem is null ? "the coordinator moves on" : $"nobody coordinates: the journal cannot be used: {gone.Problem}");
                break;
            case Fenced fenced:
                _parts.Log($"the journal refuses: {fenced.Reason}");
                // Overtaken, or out of step with the store: begins again by reading it.
                _node.MayCoordinate = false;
                CatchUp(_coordinator);
                break;
        }
    }

    private void Advance()
    {
        long now = Now;
        _node.Advance(now);
        _node.Exchange(now, idle: true);
        if (now >= _introduceAt)
        {
            _introduceAt = now + IntroduceMs;
            var known = _nodes.Values.Select(n => n.Path.Address).ToHashSet();
            var own = global::Akka.Cluster.Cluster.Get(_context.System).SelfAddress;
            foreach (var address in _up.Where(a => a != own && !known.Contains(a)))
                _context.ActorSelection(new RootActorPath(address) / "user" / Path).Tell(new Greeting(GreetingStep.Introduction, _identity, 0, 0, 0));
            GiveUp(_called, now, open => _node.DialFailed(now, open.Name));
            GiveUp(_answered, now, _ => { });
        }
        if (_node.EndReason is { } reason)
        {
            _node.Leave(now);
            End(_node.IsDrained ? null : reason);
        }
    }

    private void GiveUp(Dictionary<long, Open> greetings, long now, Action<Open> gone)
    {
        foreach (var (number, open) in greetings.Where(g => now - g.Value.Since > _parts.Options.DetectionMs).ToList())
        {
            greetings.Remove(number);
            gone(open);
        }
    }

    private void Take(Greeting greeting)
    {
        if (greeting.FaultFor(_identity) is { } fault)
        {
            _parts.Log($"{Sender.Path.Address} refused: {fault}");
            return;
        }
        long now = Now;
        var peer = greeting.Identity;
        if (peer.Name == _identity.Name) return;
        _nodes[peer.Name] = Sender;
        _node.Introduce(peer.Name);
        switch (greeting.Step)
        {
            case GreetingStep.Call when _node.Admit(peer) is { } received:
                long number = NewNumber();
                _answered[number] = new Open(peer.Name, Sender, greeting.Connection, now);
                Greet(Sender, GreetingStep.Answer, number, greeting.Connection, received);
                break;
            case GreetingStep.Call:
                Greet(Sender, GreetingStep.Farewell, 0, greeting.Connection, 0);
                break;
            case GreetingStep.Answer when _called.Remove(greeting.For, out var called) && called.Name == peer.Name:
                if (_node.Admit(peer) is not { } has)
                {
                    _node.DialFailed(now, peer.Name);
                    break;
                }
                _open[greeting.For] = called with { Actor = Sender, Number = greeting.Connection };
                // Before any frame: messages of one actor to another keep their order.
                Greet(Sender, GreetingStep.Confirmation, greeting.For, greeting.Connection, has);
                _node.Connected(now, greeting.For, peer, greeting.Received, isDialler: true);
                break;
            case GreetingStep.Confirmation when _answered.Remove(greeting.For, out var answered) && answered.Name == peer.Name && answered.Number == greeting.Connection:
                _open[greeting.For] = answered;
                _node.Connected(now, greeting.For, peer, greeting.Received, isDialler: false);
                break;
            case GreetingStep.Farewell when _open.Remove(greeting.For):
                _node.Disconnected(now, greeting.For);
                break;
            case GreetingStep.Farewell when _called.Remove(greeting.For, out var refused):
                _node.DialFailed(now, refused.Name);
                break;
        }
    }

    private void Greet(IActorRef to, GreetingStep step, long connection, long theirs, long received) => to.Tell(new Greeting(step, _identity, connection, theirs, received), _self);

    private void CatchUp(IActorRef coordinator) => _errands.Ask(
        Errand.Runs,
        store => store.Runs().Select(r => (r, store.Checkpoints(r.Name).FirstOrDefault()?.Tick ?? -1)).ToList(),
        (_, runs, failure) =>
        {
            if (!coordinator.Equals(_coordinator)) return;
            if (runs is not null) coordinator.Tell(new CatchUp(runs), _self);
            else
            {
                _parts.Log($"cannot coordinate yet: {failure!.Message}");
                Timers.StartSingleTimer("catch-up", new CoordinatorIsHere(coordinator), TimeSpan.FromMilliseconds(_parts.Options.RetryMs));
            }
        });

    private void End(string? reason)
    {
        if (_hasEnded) return;
        _hasEnded = true;
        if (_node.Share is { } share) ((INodeWorld)this).Halt(share.Group);
        _parts.Ended.TrySetResult(reason);
    }

    void INodeWorld.Ask<T>(Errand errand, Func<IRunStore, T> work, Action<long, T?, Exception?> answer)
        where T : default => _errands.Ask(errand, work, answer);

    void INodeWorld.Run(CoreGroup group)
    {
        var actors = new CoreActors(group, _bell, runsOn: true, _context);
        group.Shell = actors;
        actors.Wake();
    }

    int INodeWorld.ThreadsOf(CoreGroup group) => Math.Clamp(_parts.CoreThreads, 1, Math.Max(1, group.Cores.Count));

    void INodeWorld.Halt(CoreGroup group)
    {
        group.Stop();
        (group.Shell as CoreActors)?.Stop();
    }

    void INodeWorld.Post(Action<long> happening) => _self.Tell(new Happening(happening), ActorRefs.NoSender);

    void INodeWorld.Dial(string node)
    {
        if (!_nodes.TryGetValue(node, out var actor))
        {
            // It has not introduced itself, or it has left the cluster.
            ((INodeWorld)this).Post(now => _node.DialFailed(now, node));
            return;
        }
        long number = NewNumber();
        _called[number] = new Open(node, actor, 0, Now);
        Greet(actor, GreetingStep.Call, number, 0, 0);
    }

    void INodeWorld.Transmit(long connection, ReadOnlySpan<byte> frame)
    {
        if (_open.TryGetValue(connection, out var open)) open.Actor.Tell(new LinkFrame((ulong)open.Number, frame.ToArray()), _self);
        else if (_clients.Contains(connection)) _parts.Door.Transmit(connection, frame);
    }

    void INodeWorld.Close(long connection)
    {
        if (_open.Remove(connection, out var open)) Greet(open.Actor, GreetingStep.Farewell, 0, open.Number, 0);
        else if (_clients.Remove(connection)) _parts.Door.Close(connection);
    }

    bool INodeWorld.Break(NodeFaultKind what, double seconds)
    {
        if (_parts.BreakProcess is not { } breakProcess) return false;
        // The door answers first whoever has ordered it.
        Task.Delay(TickMs).ContinueWith(
            _ =>
            {
                try
                {
                    breakProcess(what, seconds);
                }
                catch (Exception e)
                {
                    _parts.Log($"the process cannot be broken: {e.Message}");
                }
            },
            TaskScheduler.Default);
        return true;
    }

    string INodeWorld.Engine => "akka";

    void INodeWorld.Log(string line) => _parts.Log(line);

    byte[] INodeWorld.Encode(ControlMessage message) => _parts.Control.ToBinary(message);

    ControlMessage? INodeWorld.Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            // Hyperion sets what it is told to, and leaves out what it is not: what is no whole message as JSON, is none.
            return ControlMessage.TryRead(((ControlMessage)_parts.Control.FromBinary(bytes.ToArray(), typeof(ControlMessage))).ToBytes());
        }
        catch (Exception e)
        {
            // Hyperion throws whatever it stumbles over.
            _parts.Log($"refused: {e.Message.ReplaceLineEndings(" ")}");
            return null;
        }
    }

    void INodeWorld.Decided(RunDecision decision) => _coordinator.Tell(new Journalise(decision), _self);

    private static long NewNumber() => BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)) & long.MaxValue | 1L << 40;

    /// <summary>A connection, or what may become one.</summary>
    /// <param name="Name">The other node.</param>
    /// <param name="Actor">Its actor.</param>
    /// <param name="Number">Drawn by it.</param>
    /// <param name="Since">When it began.</param>
    private readonly record struct Open(string Name, IActorRef Actor, long Number, long Since);

    /// <summary>Brings what clients say onto the node's time.</summary>
    private sealed class Visitors(NodeActor node) : IDoorVisitors
    {
        public void Entered(long client, PeerIdentity identity) => Post(now =>
        {
            node._clients.Add(client);
            node._node.Connected(now, client, identity, 0, isDialler: false);
        });

        public void Said(long client, byte[] frame) => Post(now =>
        {
            try
            {
                node._node.Received(now, client, frame);
            }
            catch (Exception e)
            {
                node._parts.Log($"a client refused: {e.Message.ReplaceLineEndings(" ")}");
                ((INodeWorld)node).Close(client);
                node._node.Disconnected(now, client);
            }
        });

        public void Left(long client) => Post(now =>
        {
            if (node._clients.Remove(client)) node._node.Disconnected(now, client);
        });

        private void Post(Action<long> happening) => ((INodeWorld)node).Post(happening);
    }
}
