using System.Collections.Immutable;
using ActorSnn.Cores;

namespace ActorSnn.Mesh;

/// <summary>
/// The protocol of a core: messages in, state changes, messages out. Pure: no clock, thread or I/O; its shell is the engine's.
/// <para>
/// <b>Safe time.</b> Each incoming link has closed all ticks up to some tick; spikes emitted later act no earlier than the link's delay after
/// that. The core may run every tick up to the smallest closed + delay of its links.
/// </para>
/// <para>
/// <b>Credit.</b> It stays at most a fixed number of ticks ahead of what each of its consumers has run, so that what waits is bounded. The
/// slowest core always has credit.
/// </para>
/// <para>
/// <b>Windows.</b> It runs as far as both allow in one go, up to a given number of ticks, and then sends one packet per outgoing link that
/// covers all the ticks it ran.
/// </para>
/// </summary>
public sealed class CoreMachine
{
    private readonly NeuronCore _core;
    private readonly ImmutableArray<CoreLink> _inputs;
    private readonly ImmutableArray<CoreLink> _outputs;
    private readonly int _runAhead;
    private readonly int _maxWindow;
    private readonly int[] _delays;
    private readonly long[] _closed;
    private readonly long[] _credit;
    private readonly (int Output, int Slice)[][] _routes;
    private readonly SpikePacket[] _packets;
    private readonly int[] _sliceSizes;
    private readonly int[] _scratch;
    private readonly LinkTraffic[] _sent;

    /// <summary>Wraps a core.</summary>
    /// <param name="core">The core.</param>
    /// <param name="links">All links of the mesh; the core's own are numbered in this order.</param>
    /// <param name="runAhead">Ticks it may be ahead of a consumer; at least the longest delay + 1.</param>
    /// <param name="maxWindow">Most ticks to run before sending; never more than the run-ahead. See <see cref="LoopWindows"/>.</param>
    public CoreMachine(NeuronCore core, ImmutableArray<CoreLink> links, int runAhead, int maxWindow = int.MaxValue)
    {
        _core = core;
        _runAhead = runAhead;
        _maxWindow = Math.Min(runAhead, maxWindow);
        _inputs = [.. links.Where(l => l.To == core.Index)];
        _outputs = [.. links.Where(l => l.From == core.Index)];
        _delays = [.. _inputs.Select(l => l.Delay)];
        _closed = new long[_inputs.Length];
        _credit = new long[_outputs.Length];
        _packets = new SpikePacket[_outputs.Length];
        _scratch = new int[_inputs.SelectMany(l => l.Slices).Select(s => s.Count).DefaultIfEmpty(0).Max()];
        _sliceSizes = [.. core.Slices.Select(s => s.Count)];
        _sent = [.. _outputs.Select(l => new LinkTraffic(l.From, l.To, 0, 0, 0))];
        _routes = [.. core.Slices.Select(slice => _outputs
            .Select((link, output) => (Output: output, Slice: link.Slices.IndexOf(slice)))
            .Where(route => route.Slice >= 0).ToArray())];
        Reset();
    }

    /// <summary>The core inside.</summary>
    public NeuronCore Core => _core;

    /// <summary>Incoming links, in the order of their numbers.</summary>
    public ImmutableArray<CoreLink> Inputs => _inputs;

    /// <summary>Outgoing links, in the order of their numbers.</summary>
    public ImmutableArray<CoreLink> Outputs => _outputs;

    /// <summary>What was sent since the start, by outgoing link in the order of their numbers.</summary>
    public ReadOnlySpan<LinkTraffic> Sent => _sent;

    /// <summary>The last tick an incoming link has closed.</summary>
    /// <param name="input">Number of the link.</param>
    public long ClosedBy(int input) => _closed[input];

    /// <summary>The last tick the consumer of an outgoing link is known to have run.</summary>
    /// <param name="output">Number of the link.</param>
    public long CreditOf(int output) => _credit[output];

    /// <summary>The last tick up to which the core has received everything that can still reach it.</summary>
    public long SafeTime
    {
        get
        {
            long safe = long.MaxValue - _runAhead;
            for (int i = 0; i < _closed.Length; i++) safe = Math.Min(safe, _closed[i] + _delays[i]);
            return safe;
        }
    }

    /// <summary>The last tick for which all consumers have given credit.</summary>
    public long CreditLimit
    {
        get
        {
            long limit = long.MaxValue - _runAhead;
            foreach (long credit in _credit) limit = Math.Min(limit, credit + _runAhead);
            return limit;
        }
    }

    /// <summary>Takes a packet. Packets of a link come in order and without gaps.</summary>
    /// <param name="input">Number of the incoming link.</param>
    /// <param name="packet">The packet; not kept.</param>
    /// <exception cref="InvalidOperationException">The window does not follow the last one: a fault of the engine.</exception>
    public void Receive(int input, SpikePacket packet)
    {
        if (packet.FirstTick != _closed[input] + 1)
            throw new InvalidOperationException($"core {_core.Index}: window from tick {packet.FirstTick} on a link closed through {_closed[input]}");
        if (!packet.IsEmpty) packet.DeliverTo(_core, _inputs[input].Slices.AsSpan(), _scratch);
        _closed[input] = packet.LastTick;
    }

    /// <summary>Takes word that a consumer has run through a tick.</summary>
    /// <param name="output">Number of the outgoing link.</param>
    /// <param name="tick">The last tick its consumer has run.</param>
    public void Credit(int output, long tick) => _credit[output] = tick;

    /// <summary>Runs as far as safe time, credit and the limit allow, and sends what came of it.</summary>
    /// <param name="limit">Last tick to run.</param>
    /// <param name="outbox">Takes the messages.</param>
    /// <returns>Whether any tick was run.</returns>
    public bool Run(long limit, IOutbox outbox)
    {
        long until = Math.Min(Math.Min(limit, _core.Tick + _maxWindow), Math.Min(SafeTime, CreditLimit));
        if (until <= _core.Tick) return false;
        for (int i = 0; i < _packets.Length; i++)
        {
            _packets[i] = outbox.Rent(i);
            _packets[i].Begin(_core.Tick + 1);
        }
        while (_core.Tick < until)
        {
            _core.Step();
            foreach (int slice in _core.Emitted)
            {
                foreach (var (output, index) in _routes[slice])
                    _packets[output].Add(_core.Tick, index, _sliceSizes[slice], _core.SpikesOf(slice));
            }
        }
        for (int i = 0; i < _packets.Length; i++)
        {
            outbox.Send(i, _packets[i], until);
            _sent[i] = _sent[i].Plus(_packets[i]);
        }
        outbox.GrantCredit(until);
        return true;
    }

    /// <summary>Starts the protocol at the core's tick: every link closed through it, every consumer there.</summary>
    public void Reset()
    {
        Array.Fill(_closed, _core.Tick);
        Array.Fill(_credit, _core.Tick);
    }
}
