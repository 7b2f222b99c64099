using System.Collections.Immutable;
using ActorSnn.Cores;

namespace ActorSnn.Mesh;

/// <summary>
/// The protocol of a core in <see cref="FreeTiming"/>: no safe time, no credit, no promises. Pure: what its clock shows and how far its consumers are it is told; its shell is the
/// engine's.
/// <para>
/// <b>Ticks.</b> It runs one tick at a time, each once its clock has come to it, and leaves none out: behind its clock it goes on as fast as it can, and counts every tick that
/// began when the next was due already.
/// </para>
/// <para>
/// <b>Late spikes.</b> A spike of tick t over a link whose synapses act after d ticks at the earliest is late if the core has run tick t + d already. It then goes on as if
/// emitted at the tick from which it acts in the core's next tick; all its synapses on this core are late by the same.
/// </para>
/// <para>
/// <b>Packets.</b> One for each link and tick that has spikes; none for a tick without. A packet of a tick that lies ahead of the core is kept by the shell until <see cref="Takes"/>
/// says so: a spike is never early.
/// </para>
/// </summary>
internal sealed class FreeMachine
{
    private readonly NeuronCore _core;
    private readonly int _runAhead;
    private readonly int[][] _delays;
    private readonly long[] _consumed;
    private readonly (int Output, int Slice)[][] _routes;
    private readonly SpikePacket?[] _packets;
    private readonly int[] _sliceSizes;
    private readonly int[] _scratch;
    private readonly int[] _fresh;
    private readonly LinkTraffic[] _sent;
    private readonly long[] _late = new long[FreeFigures.MostTicksLate];
    private long _spikesSent;
    private long _delivered;
    private long _merged;
    private long _dropped;
    private long _overrunTicks;

    /// <summary>Wraps a core.</summary>
    /// <param name="core">The core.</param>
    /// <param name="placement">The placement it is of.</param>
    /// <param name="links">All links of the mesh; the core's own are numbered in this order.</param>
    /// <param name="runAhead">Ticks ahead of the core whose packets it takes; the run-ahead the core was built with.</param>
    public FreeMachine(NeuronCore core, Placement placement, ImmutableArray<CoreLink> links, int runAhead)
    {
        (_core, _runAhead) = (core, runAhead);
        Inputs = [.. links.Where(l => l.To == core.Index)];
        Outputs = [.. links.Where(l => l.From == core.Index)];
        _delays = [.. Inputs.Select(l => l.Slices.Select(s => placement.ShortestDelay(s, core.Index)).ToArray())];
        _consumed = new long[Outputs.Length];
        _packets = new SpikePacket?[Outputs.Length];
        _scratch = new int[Inputs.SelectMany(l => l.Slices).Select(s => s.Count).DefaultIfEmpty(0).Max()];
        _fresh = new int[_scratch.Length];
        _sliceSizes = [.. core.Slices.Select(s => s.Count)];
        _sent = [.. Outputs.Select(l => new LinkTraffic(l.From, l.To, 0, 0, 0))];
        _routes = [.. core.Slices.Select(slice => Outputs
            .Select((link, output) => (Output: output, Slice: link.Slices.IndexOf(slice)))
            .Where(route => route.Slice >= 0).ToArray())];
        Reset();
    }

    /// <summary>The core inside.</summary>
    public NeuronCore Core => _core;

    /// <summary>Incoming links, in the order of their numbers.</summary>
    public ImmutableArray<CoreLink> Inputs { get; }

    /// <summary>Outgoing links, in the order of their numbers.</summary>
    public ImmutableArray<CoreLink> Outputs { get; }

    /// <summary>What was sent since the start, by outgoing link in the order of their numbers.</summary>
    public ReadOnlySpan<LinkTraffic> Sent => _sent;

    /// <summary>What happened to the spikes sent and received since the start.</summary>
    public FreeFigures Figures => new(_spikesSent, _delivered, [.. _late], _merged, _dropped, _overrunTicks);

    /// <summary>Whether a packet of a tick can be taken now.</summary>
    /// <param name="tick">Tick of emission.</param>
    public bool Takes(long tick) => tick <= _core.Tick + _runAhead;

    /// <summary>Takes a packet of one tick.</summary>
    /// <param name="input">Number of the incoming link.</param>
    /// <param name="packet">The packet, of a tick that the machine takes; not kept.</param>
    public void Receive(int input, SpikePacket packet)
    {
        var slices = Inputs[input].Slices.AsSpan();
        var entries = packet.Read(slices, _scratch);
        while (entries.MoveNext())
        {
            int count = entries.Spikes.Count;
            long late = Math.Max(0, _core.Tick + 1 - (entries.Tick + _delays[input][entries.Slice]));
            if (late > 0) _late[Math.Min(late, _late.Length) - 1] += count;
            _delivered += count;
            _merged += _core.ReceiveOnce(slices[entries.Slice], entries.Tick + late, entries.Spikes, _fresh);
        }
    }

    /// <summary>Takes word that a consumer has run through a tick.</summary>
    /// <param name="output">Number of the outgoing link.</param>
    /// <param name="tick">The last tick its consumer has run.</param>
    public void Consumed(int output, long tick) => _consumed[output] = tick;

    /// <summary>Runs the next tick if its time has come, and sends what came of it.</summary>
    /// <param name="clock">The tick the core's clock shows: the last one that is due.</param>
    /// <param name="limit">Last tick to run.</param>
    /// <param name="outbox">Takes the messages.</param>
    /// <returns>Whether the tick was run.</returns>
    public bool Run(long clock, long limit, IOutbox outbox)
    {
        long tick = _core.Tick + 1;
        if (tick > Math.Min(clock, limit)) return false;
        if (clock > tick) _overrunTicks++;
        _core.Step();
        foreach (int slice in _core.Emitted)
        {
            foreach (var (output, index) in _routes[slice])
            {
                var spikes = _core.SpikesOf(slice);
                _spikesSent += spikes.Count;
                if (tick - _consumed[output] > FreeTiming.MostTicksBehind)
                {
                    _dropped += spikes.Count;
                    continue;
                }
                if (_packets[output] is null) (_packets[output] = outbox.Rent(output)).Begin(tick);
                _packets[output]!.Add(tick, index, _sliceSizes[slice], spikes);
            }
        }
        for (int i = 0; i < _packets.Length; i++)
        {
            if (_packets[i] is not { } packet) continue;
            outbox.Send(i, packet, tick);
            _sent[i] = _sent[i].Plus(packet);
            _packets[i] = null;
        }
        outbox.GrantCredit(tick);
        return true;
    }

    /// <summary>Starts at the core's tick, every consumer there.</summary>
    public void Reset() => Array.Fill(_consumed, _core.Tick);
}
