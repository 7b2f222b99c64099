using System.Collections.Immutable;
using ActorSnn.Cores;
using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Mesh.Tests;

/// <summary>All machines of a placement in free timing on a virtual clock: how long ticks and packets take is drawn from a seed, in fractions of a tick.</summary>
public class FreeScheduleTests
{
    private const int Ticks = 60;

    [Theory]
    [InlineData("integer")]
    [InlineData("real")]
    [InlineData("integer, disturbed")]
    public void Where_every_packet_comes_within_its_tick_the_result_is_the_exact_one(string neurons)
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var (network, placement) = Make(neurons, seed);
            var mesh = new VirtualClocks(placement, seed, longestTick: 0.4, longestWay: 0.4);
            var state = mesh.RunTo(Ticks);
            Assert.True(mesh.Figures is { LateSpikes: 0, Merged: 0, Dropped: 0, OverrunTicks: 0 }, $"seed {seed}: {mesh.Figures}");
            Assert.True(OneCore.HashAt(network, Ticks) == state.Hash(), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData("integer")]
    [InlineData("real")]
    [InlineData("integer, disturbed")]
    public void Whatever_is_late_all_ticks_are_run_and_all_spikes_accounted_for(string neurons)
    {
        int changed = 0, overrun = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            var (network, placement) = Make(neurons, seed);
            var mesh = new VirtualClocks(placement, seed, longestTick: 2.2, longestWay: 6);
            var state = mesh.RunTo(Ticks);
            var figures = mesh.Figures;
            Assert.True(figures.Sent == figures.Delivered + figures.Dropped + mesh.UnderWay, $"seed {seed}: {figures}, {mesh.UnderWay} under way");
            Assert.True(figures.LateSpikes <= figures.Delivered && figures.Merged <= figures.Delivered, $"seed {seed}: {figures}");
            Assert.True(figures.LateSpikes > 0 || OneCore.HashAt(network, Ticks) == state.Hash() || mesh.UnderWay > 0, $"seed {seed}");
            if (OneCore.HashAt(network, Ticks) != state.Hash()) changed++;
            if (figures.OverrunTicks > 0) overrun++;
        }
        Assert.InRange(changed, 20, 60);
        Assert.InRange(overrun, 20, 60);
    }

    [Fact]
    public void The_same_clock_gives_the_same_result()
    {
        var (_, placement) = Make("integer", 7);
        string Hash() => new VirtualClocks(placement, 7, longestTick: 2.2, longestWay: 6).RunTo(Ticks).Hash();
        Assert.Equal(Hash(), Hash());
    }

    private static (Network, Placement) Make(string neurons, int seed)
    {
        var network = neurons.StartsWith("real") ? RandomRealNetworks.Make(seed / 2, maxSize: 65) : RandomNetworks.Make(seed / 2, maxSize: 65);
        if (neurons.EndsWith("disturbed")) network = RandomTimings.Disturb(network, seed);
        return (network, RandomPlacements.Make(network, 2 + seed % 5, seed));
    }

    /// <summary>Every core has a clock of its own that shows virtual time; a tick ends, and a packet arrives, after a drawn part of a tick.</summary>
    private sealed class VirtualClocks
    {
        private readonly Random _random;
        private readonly double _longestTick;
        private readonly double _longestWay;
        private readonly Placement _placement;
        private readonly ImmutableArray<CoreLink> _links;
        private readonly FreeMachine[] _machines;
        private readonly Queue<(double Arrives, SpikePacket Packet, long Spikes)>[] _packets;
        private readonly double[] _isFreeAt;
        private double _now;

        public VirtualClocks(Placement placement, int seed, double longestTick, double longestWay)
        {
            (_random, _placement, _longestTick, _longestWay) = (new Random(seed), placement, longestTick, longestWay);
            int runAhead = placement.Network.MaxDelay + 1;
            _links = placement.Links();
            _machines = [.. placement.Cores.Select(c => new FreeMachine(new NeuronCore(placement, c.Index, runAhead), placement, _links, runAhead))];
            _packets = [.. _links.Select(_ => new Queue<(double, SpikePacket, long)>())];
            _isFreeAt = new double[_machines.Length];
        }

        public FreeFigures Figures => _machines.Aggregate(FreeFigures.None, (sum, m) => sum.Plus(m.Figures));

        public long UnderWay => _packets.Sum(q => q.Sum(p => p.Spikes));

        public NetworkState RunTo(long limit)
        {
            while (_machines.Any(m => m.Core.Tick < limit))
            {
                // Whoever can begin a tick first: not before its time, nor before the one before is over.
                int next = Enumerable.Range(0, _machines.Length).Where(c => _machines[c].Core.Tick < limit).MinBy(c => Math.Max(_machines[c].Core.Tick + 1, _isFreeAt[c]));
                var machine = _machines[next];
                _now = Math.Max(machine.Core.Tick + 1, _isFreeAt[next]);
                for (int i = 0; i < machine.Inputs.Length; i++)
                {
                    var queue = _packets[_links.IndexOf(machine.Inputs[i])];
                    while (queue.TryPeek(out var first) && first.Arrives <= _now && machine.Takes(first.Packet.FirstTick)) machine.Receive(i, queue.Dequeue().Packet);
                }
                for (int i = 0; i < machine.Outputs.Length; i++) machine.Consumed(i, _machines[machine.Outputs[i].To].Core.Tick);
                _isFreeAt[next] = _now + _random.NextDouble() * _longestTick;
                long before = machine.Core.Tick;
                Assert.True(machine.Run((long)_now, limit, new Outbox(this, machine, _isFreeAt[next])));
                Assert.Equal(before + 1, machine.Core.Tick);
            }
            var state = new NetworkState(_placement.Network, limit);
            foreach (var machine in _machines) machine.Core.AddTo(state);
            return state;
        }

        private sealed class Outbox(VirtualClocks mesh, FreeMachine machine, double leaves) : IOutbox
        {
            private readonly long _before = machine.Figures.Sent;

            public SpikePacket Rent(int output) => new();

            public void Send(int output, SpikePacket packet, long lastTick)
            {
                packet.End(lastTick);
                var link = machine.Outputs[output];
                long spikes = 0;
                var entries = packet.Read(link.Slices.AsSpan(), new int[1000]);
                while (entries.MoveNext()) spikes += entries.Spikes.Count;
                Assert.InRange(spikes, 1, machine.Figures.Sent - _before);
                var queue = mesh._packets[mesh._links.IndexOf(link)];
                // A link keeps its order.
                double earliest = queue.Count > 0 ? queue.Last().Arrives : 0;
                queue.Enqueue((Math.Max(earliest, leaves + mesh._random.NextDouble() * mesh._longestWay), packet, spikes));
            }

            public void GrantCredit(long tick) => Assert.Equal(machine.Core.Tick, tick);
        }
    }
}
