using ActorSnn.Cores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh.Tests;

public class SpikePacketTests
{
    private const int HeadWords = 2;

    [Fact]
    public void A_packet_delivers_what_was_put_into_it()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var receiver = new Receiver([.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(1, 400))], random);
            var packet = new SpikePacket(); // used again for every window, as a ring of packets does
            long first = 0;
            for (int window = 0; window < 6; window++)
            {
                long last = first + random.Next(0, 30);
                packet.Begin(first);
                var sent = new List<(int Population, Spike Spike)>();
                double density = random.Next(4) switch { 0 => 0, 1 => 0.01, 2 => 0.2, _ => 0.9 };
                for (long tick = first; tick <= last; tick++)
                {
                    for (int slice = 0; slice < receiver.Slices.Length; slice++)
                    {
                        if (random.Next(3) == 0) continue;
                        var neurons = Enumerable.Range(0, receiver.Slices[slice].Count).Where(_ => random.NextDouble() < density).ToArray();
                        if (neurons.Length == 0) continue;
                        int size = receiver.Slices[slice].Count;
                        packet.Add(tick, slice, size, random.Next(2) == 0 ? new SpikeSet(Pack(neurons, size), neurons.Length) : new SpikeSet(neurons));
                        sent.AddRange(neurons.Select(n => (receiver.Slices[slice].Population, new Spike(tick, receiver.Slices[slice].Start + n))));
                    }
                }
                packet.End(last);

                Assert.Equal((first, last, sent.Count == 0), (packet.FirstTick, packet.LastTick, packet.IsEmpty));
                var received = receiver.Take(packet);
                Assert.True(sent.Order().SequenceEqual(received), $"window {first}..{last} (seed {seed})");
                first = last + 1;
            }
        }
    }

    [Theory]
    [InlineData(1000, 1, 1, false)]
    [InlineData(1000, 1, 1, true)]
    [InlineData(1000, 4, 1, false)]
    [InlineData(1000, 4, 1, true)]
    [InlineData(1000, 5, 2, false)]
    [InlineData(1000, 5, 2, true)]
    [InlineData(1000, 60, 15, false)]
    [InlineData(1000, 60, 15, true)]
    [InlineData(1000, 61, 16, false)]
    [InlineData(1000, 61, 16, true)]
    [InlineData(1000, 1000, 16, false)]
    [InlineData(1000, 1000, 16, true)]
    [InlineData(64, 1, 1, false)]
    [InlineData(64, 1, 1, true)]
    [InlineData(65, 4, 1, false)]
    [InlineData(65, 4, 1, true)]
    [InlineData(65, 5, 2, false)]
    [InlineData(65, 5, 2, true)]
    public void Spikes_travel_as_a_list_or_as_bits_whichever_is_shorter(int size, int count, int words, bool asList)
    {
        var receiver = new Receiver([size], null);
        var packet = new SpikePacket();
        var neurons = Enumerable.Range(size - count, count).ToArray();
        packet.Begin(0);
        packet.Add(0, 0, size, asList ? new SpikeSet(neurons) : new SpikeSet(Pack(neurons, size), count));
        packet.End(0);
        Assert.Equal(HeadWords + 1 + words, packet.Length);
        Assert.Equal(neurons.Select(n => (0, new Spike(0, n))), receiver.Take(packet));
    }

    [Theory]
    [InlineData(65_536, 3, false)]
    [InlineData(65_536, 3, true)]
    [InlineData(65_537, 3, false)]
    [InlineData(65_537, 3, true)]
    [InlineData(100_000, 5, false)]
    [InlineData(100_000, 5, true)]
    [InlineData(600_000, 33_000, false)]
    [InlineData(600_000, 33_000, true)]
    public void Slices_of_any_size_can_be_sent(int size, int count, bool asList)
    {
        var receiver = new Receiver([size], null);
        var packet = new SpikePacket();
        int[] neurons = [.. Enumerable.Range(0, count - 1), size - 1];
        packet.Begin(0);
        packet.Add(0, 0, size, asList ? new SpikeSet(neurons) : new SpikeSet(Pack(neurons, size), count));
        packet.End(0);
        Assert.Equal(neurons.Select(n => (0, new Spike(0, n))), receiver.Take(packet));
    }

    [Fact]
    public void An_empty_packet_is_two_words_of_promise()
    {
        var packet = new SpikePacket();
        packet.Begin(7);
        packet.End(70);
        Assert.True(packet.IsEmpty);
        Assert.Equal((7L, 70L, HeadWords), (packet.FirstTick, packet.LastTick, packet.Length));
    }

    [Fact]
    public void A_packet_is_published_by_its_end_and_for_its_first_tick_only()
    {
        var packet = new SpikePacket();
        Assert.False(packet.IsPublished(0));
        packet.Begin(0);
        Assert.False(packet.IsPublished(0));
        packet.End(3);
        Assert.True(packet.IsPublished(0));
        Assert.False(packet.IsPublished(1));
        packet.Begin(4);
        Assert.False(packet.IsPublished(4));
        packet.Add(4, 0, 1, new SpikeSet([1UL], 1));
        packet.End(4);
        Assert.True(packet.IsPublished(4));
        packet.Retract();
        Assert.False(packet.IsPublished(4));
    }

    [Fact]
    public void A_packet_grows_as_needed_and_starts_small_again()
    {
        const int Size = 640;
        var receiver = new Receiver([Size], null, runAhead: 600);
        var packet = new SpikePacket();
        var all = Enumerable.Range(0, Size).ToArray();
        packet.Begin(0);
        for (int tick = 0; tick < 500; tick++) packet.Add(tick, 0, Size, new SpikeSet(Pack(all, Size), Size));
        packet.End(499);
        Assert.Equal(HeadWords + 500 * 11, packet.Length);
        Assert.Equal(500 * Size, receiver.Take(packet).Count);
        packet.Begin(500);
        packet.Add(501, 0, Size, new SpikeSet(Pack([639], Size), 1));
        packet.End(502);
        Assert.Equal(HeadWords + 2, packet.Length);
        Assert.Equal([(0, new Spike(501, 639))], receiver.Take(packet));
    }

    [Fact]
    public void Entries_that_are_out_of_order_there_twice_or_without_a_spike_are_refused()
    {
        Slice[] slices = [new(0, 0, 10), new(1, 0, 500)];
        var network = new NetworkBuilder("n").AddPopulation("small", 10, new SpikeArraySource()).AddPopulation("large", 500, new SpikeArraySource()).Build();
        bool Loads(params ulong[] entries) => new SpikePacket().TryLoad([5, (ulong)(HeadWords + entries.Length) << 32 | 3, .. entries], network, slices, 4, 6);
        ulong Head(int tick, int slice, int listed = 0) => (uint)tick | (ulong)slice << 32 | (listed > 0 ? 1UL << 48 | (ulong)listed << 49 : 0);

        Assert.True(Loads(Head(0, 0), 1, Head(0, 1, 1), 7, Head(2, 0), 2));
        Assert.False(Loads(Head(0, 1, 1), 7, Head(0, 0), 1));
        Assert.False(Loads(Head(1, 0), 1, Head(0, 0), 1));
        Assert.False(Loads(Head(0, 0), 1, Head(0, 0), 2));
        Assert.False(Loads(Head(0, 0), 0));
        Assert.False(Loads(Head(0, 1) | 1UL << 48));
    }

    private static ulong[] Pack(int[] neurons, int size)
    {
        var words = new ulong[(size + 63) / 64];
        foreach (int neuron in neurons) words[neuron / 64] |= 1UL << (neuron % 64);
        return words;
    }

    /// <summary>A core whose neurons repeat, one tick later, the spikes of silent populations that live on another core.</summary>
    private sealed class Receiver
    {
        private readonly NeuronCore _core;
        private readonly Network _network;
        private readonly int _populations;
        private readonly int[] _scratch;

        public Receiver(int[] sizes, Random? cuts, int runAhead = 64)
        {
            var builder = new NetworkBuilder("receiver");
            _populations = sizes.Length;
            for (int i = 0; i < sizes.Length; i++) builder.AddPopulation($"in{i}", sizes[i], new SpikeArraySource());
            for (int i = 0; i < sizes.Length; i++)
            {
                builder.AddPopulation($"out{i}", sizes[i], new GatedThresholdNeuron(0))
                    .AddProjection($"in{i}", $"out{i}", Connectivity.OneToOne, Weight.Constant(1))
                    .AddProbe(new SpikeProbe($"out{i}", $"out{i}", TickFilter.EveryTick));
            }
            _network = builder.Build();
            var sending = new List<Slice>();
            for (int i = 0; i < sizes.Length; i++)
            {
                int cut = cuts?.Next(sizes[i]) ?? 0;
                if (cut > 0) sending.Add(new Slice(i, 0, cut));
                sending.Add(new Slice(i, cut, sizes[i] - cut));
            }
            var placement = new Placement(_network,
            [
                new CorePlacement(0, [.. sending], 0, 0),
                new CorePlacement(1, [.. sizes.Select((size, i) => new Slice(sizes.Length + i, 0, size))], sizes.Sum(), 0),
            ]);
            _core = new NeuronCore(placement, 1, runAhead);
            Slices = [.. placement.Links().Single().Slices];
            _scratch = new int[Slices.Max(s => s.Count)];
        }

        public Slice[] Slices { get; }

        /// <summary>What the packet's spikes make the neurons do, as spikes of the silent populations.</summary>
        public List<(int Population, Spike Spike)> Take(SpikePacket packet)
        {
            packet.DeliverTo(_core, Slices, _scratch);
            while (_core.Tick <= packet.LastTick) _core.Step();
            var recordings = new Recordings(_network);
            _core.MoveTo(recordings);
            var spikes = Enumerable.Range(0, _populations)
                .SelectMany(p => recordings.Spikes($"out{p}").Select(s => (p, new Spike(s.Tick - 1, s.Neuron)))).ToList();
            spikes.Sort();
            return spikes;
        }
    }
}
