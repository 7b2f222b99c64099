using System.Collections.Immutable;
using ActorSnn.Cores;

namespace ActorSnn.Mesh.Tests;

/// <summary>
/// All machines of a placement under a scheduler that is nothing but a seed: which core runs next, and which packet or credit arrives next, is drawn. Each
/// link keeps its order, and nothing else is promised.
/// </summary>
internal sealed class VirtualMesh
{
    private readonly Random _random;
    private readonly int _runAhead;
    private readonly CoreMachine[] _machines;
    private readonly ImmutableArray<CoreLink> _links;
    private readonly Queue<SpikePacket>[] _packets;
    private readonly Queue<long>[] _credits;

    public VirtualMesh(Placement placement, int runAhead, int[] windows, int seed)
    {
        Placement = placement;
        _random = new Random(seed);
        _runAhead = runAhead;
        _links = placement.Links();
        _machines = [.. placement.Cores.Select(c => new CoreMachine(new NeuronCore(placement, c.Index, runAhead), _links, runAhead, windows[c.Index]))];
        _packets = [.. _links.Select(_ => new Queue<SpikePacket>())];
        _credits = [.. _links.Select(_ => new Queue<long>())];
    }

    public Placement Placement { get; }

    /// <summary>Most packets that waited on one link at any time.</summary>
    public int LongestQueue { get; private set; }

    public NetworkState RunTo(long limit)
    {
        // Some cores and links are slow all the time, so that the others meet every bound there is.
        var weights = Enumerable.Range(0, _machines.Length + 2 * _links.Length).Select(_ => _random.Next(4) == 0 ? 0.02 : _random.NextDouble()).ToArray();
        while (_machines.Any(m => m.Core.Tick < limit))
        {
            var possible = Enumerable.Range(0, weights.Length).Where(a => IsPossible(a, limit)).ToList();
            Assert.True(possible.Count > 0, "deadlock: " + string.Join(", ", _machines.Select(
                m => $"core {m.Core.Index} at {m.Core.Tick}, safe {m.SafeTime}, credit {m.CreditLimit}")));
            double draw = _random.NextDouble() * possible.Sum(a => weights[a]);
            int action = possible.FirstOrDefault(a => (draw -= weights[a]) < 0, possible[^1]);
            Do(action, limit);
        }
        var state = new NetworkState(Placement.Network, limit);
        foreach (var machine in _machines) machine.Core.AddTo(state);
        return state;
    }

    private bool IsPossible(int action, long limit)
    {
        if (action < _machines.Length)
        {
            var machine = _machines[action];
            return Math.Min(Math.Min(machine.SafeTime, machine.CreditLimit), limit) > machine.Core.Tick;
        }
        action -= _machines.Length;
        return action < _links.Length ? _packets[action].Count > 0 : _credits[action - _links.Length].Count > 0;
    }

    private void Do(int action, long limit)
    {
        if (action < _machines.Length)
        {
            var machine = _machines[action];
            Assert.True(machine.Run(limit, new Outbox(this, machine)), $"core {action} could have run");
            foreach (var link in machine.Outputs)
            {
                long ahead = machine.Core.Tick - _machines[link.To].Core.Tick;
                Assert.True(ahead <= _runAhead, $"core {action} is {ahead} ticks ahead of core {link.To}");
            }
            return;
        }
        action -= _machines.Length;
        if (action < _links.Length)
        {
            var link = _links[action];
            var consumer = _machines[link.To];
            consumer.Receive(consumer.Inputs.IndexOf(link), _packets[action].Dequeue());
            return;
        }
        action -= _links.Length;
        var producer = _machines[_links[action].From];
        producer.Credit(producer.Outputs.IndexOf(_links[action]), _credits[action].Dequeue());
    }

    private sealed class Outbox(VirtualMesh mesh, CoreMachine machine) : IOutbox
    {
        public SpikePacket Rent(int output) => new();

        public void Send(int output, SpikePacket packet, long lastTick)
        {
            packet.End(lastTick);
            var queue = mesh._packets[mesh._links.IndexOf(machine.Outputs[output])];
            queue.Enqueue(packet);
            mesh.LongestQueue = Math.Max(mesh.LongestQueue, queue.Count);
        }

        public void GrantCredit(long tick)
        {
            for (int i = 0; i < mesh._links.Length; i++)
            {
                if (mesh._links[i].To == machine.Core.Index) mesh._credits[i].Enqueue(tick);
            }
        }
    }
}
