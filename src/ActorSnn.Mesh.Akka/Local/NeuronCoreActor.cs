using System.Collections.Immutable;
using System.Numerics;
using ActorSnn.Cores;
using Akka.Actor;

namespace ActorSnn.Mesh.Akka.Local;

/// <summary>
/// The shell of a core: what the machine sends goes out as messages, and what comes in is handed to it. Nobody else touches the machine.
/// </summary>
internal sealed class NeuronCoreActor : UntypedActor, IOutbox
{
    private readonly CoreMachine _machine;
    private readonly Outward[] _outward;
    private readonly Owed[] _owed;
    private readonly int _creditAlone;
    private ActorCell? _cell;
    private IActorRef[] _cores = [];
    private long _round;
    private long _limit;
    private bool _hasReported = true;

    /// <param name="machine">The core's protocol.</param>
    /// <param name="links">All links of the mesh.</param>
    /// <param name="runAhead">Ticks a core may be ahead of a consumer.</param>
    public NeuronCoreActor(CoreMachine machine, ImmutableArray<CoreLink> links, int runAhead)
    {
        _machine = machine;
        _limit = machine.Core.Tick;
        // Credit for who is sent nothing: so seldom that it costs little, and so often that nobody ever waits for it for good.
        _creditAlone = Math.Max(1, runAhead / 4);
        _outward = [.. machine.Outputs.Select(l => new Outward(l.To, NumberAmong(links, o => o.To == l.To, l), NumberAmong(links, o => o.From == l.To, links.FirstOrDefault(b => b.From == l.To && b.To == l.From)), runAhead + l.Delay + 1))];
        var sentTo = machine.Outputs.Select(l => l.To).ToHashSet();
        _owed = [.. machine.Inputs.Where(l => !sentTo.Contains(l.From)).Select(l => new Owed(l.From, NumberAmong(links, o => o.From == l.From, l), machine.Core.Tick))];
    }

    protected override void PreStart() => _cell = (ActorCell)Context;

    protected override void OnReceive(object message)
    {
        try
        {
            switch (message)
            {
                case SpikesSent sent:
                    _machine.Receive(sent.Input, sent.Packet);
                    if (sent.Output >= 0) _machine.Credit(sent.Output, sent.Credit);
                    break;
                case CreditGiven credit:
                    _machine.Credit(credit.Output, credit.Tick);
                    break;
                case GoOn:
                    break;
                case RunUntil order:
                    (_round, _limit, _hasReported) = (order.Round, order.Limit, false);
                    break;
                case Visit visit:
                    Take(visit);
                    break;
                case Meet meet:
                    _cores = meet.Cores;
                    break;
            }
            // First all that has arrived, then as far as it reaches: longer windows, fewer messages.
            if (!_cell!.HasMessages) Advance();
        }
        catch (Exception cause)
        {
            throw new CoreFailedException(_machine.Core.Index, _machine.Core.Tick + 1, cause);
        }
    }

    SpikePacket IOutbox.Rent(int output) => _outward[output].Next().Packet;

    void IOutbox.Send(int output, SpikePacket packet, long lastTick)
    {
        packet.End(lastTick);
        var link = _outward[output];
        var message = link.Rented!;
        message.Credit = lastTick;
        _cores[link.Core].Tell(message, ActorRefs.NoSender);
    }

    void IOutbox.GrantCredit(long tick)
    {
        foreach (var owed in _owed)
        {
            if (tick - owed.Told < _creditAlone) continue;
            owed.Told = tick;
            _cores[owed.Core].Tell(new CreditGiven(owed.Output, tick), ActorRefs.NoSender);
        }
    }

    private void Advance()
    {
        // One window, then whoever else has something to do on this thread.
        if (_machine.Run(_limit, this) && Math.Min(_limit, Math.Min(_machine.SafeTime, _machine.CreditLimit)) > _machine.Core.Tick) Self.Tell(GoOn.Instance, ActorRefs.NoSender);
        if (_hasReported || _machine.Core.Tick < _limit) return;
        _hasReported = true;
        Context.Parent.Tell(new Reached(_round, _machine.Core.Tick));
    }

    private void Take(Visit visit)
    {
        try
        {
            visit.Action(_machine);
            // It may stand at another tick now; it goes on when it is told to.
            _limit = _machine.Core.Tick;
            foreach (var owed in _owed) owed.Told = _limit;
            visit.Done.SetResult();
        }
        catch (Exception e)
        {
            visit.Done.SetException(e);
        }
    }

    /// <summary>The number a core gives a link among those it has; -1 when there is no such link.</summary>
    private static int NumberAmong(ImmutableArray<CoreLink> links, Func<CoreLink, bool> isOwn, CoreLink? link) => links.Where(isOwn).ToList().FindIndex(l => l == link);

    /// <summary>An outgoing link: its messages go round.</summary>
    private sealed class Outward(int core, int input, int output, int capacity)
    {
        // Made when they are first used: most never are.
        private readonly SpikesSent?[] _ring = new SpikesSent?[BitOperations.RoundUpToPowerOf2((uint)capacity)];
        private int _next;

        public int Core { get; } = core;

        public SpikesSent? Rented { get; private set; }

        public SpikesSent Next() => Rented = _ring[_next++ & (_ring.Length - 1)] ??= new SpikesSent(input, output);
    }

    /// <summary>Credit for a core that is sent no spikes.</summary>
    private sealed class Owed(int core, int output, long told)
    {
        public int Core { get; } = core;

        public int Output { get; } = output;

        public long Told { get; set; } = told;
    }
}
