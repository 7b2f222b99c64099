using ActorSnn.Cores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh.Tests;

/// <summary>Graded spikes in packets: beside plain ones, and refused where they are not as they should be.</summary>
public class GradedPacketTests
{
    private const int HeadWords = 2;

    /// <summary>Sizes of the populations; those at odd places are graded.</summary>
    private static readonly int[] Sizes = [70, 70, 1, 1, 300, 700];

    private static readonly Network Network = Build();

    private static readonly Slice[] Slices = [.. Sizes.Select((size, i) => new Slice(i, 0, size))];

    [Fact]
    public void A_packet_gives_back_what_was_put_into_it_also_after_it_has_travelled()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var packet = new SpikePacket();
            var loaded = new SpikePacket();
            long first = random.Next(100);
            packet.Begin(first);
            long last = first + random.Next(20);
            var sent = new List<string>();
            for (long tick = first; tick <= last; tick++)
            {
                for (int slice = 0; slice < Sizes.Length; slice++)
                {
                    var (neurons, grades) = Draw(random, slice);
                    if (neurons.Length == 0) continue;
                    packet.Add(tick, slice, Sizes[slice], slice % 2 == 0 ? new SpikeSet(neurons) : new SpikeSet(neurons, grades));
                    sent.Add(Text(tick, slice, neurons, grades));
                }
            }
            packet.End(last);
            Assert.True(sent.SequenceEqual(Read(packet)), $"seed {seed}");
            Assert.True(loaded.TryLoad(packet.Words, Network, Slices, first, last), $"seed {seed}");
            Assert.True(sent.SequenceEqual(Read(loaded)), $"loaded, seed {seed}");
        }
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(3, 5)]
    [InlineData(70, 71)]
    public void Graded_spikes_take_a_word_each_and_one_for_their_number(int spikes, int words)
    {
        var packet = Packet(1, [.. Enumerable.Range(0, spikes)], new float[spikes]);
        Assert.Equal(HeadWords + 1 + words, packet.Length);
        Assert.True(packet.Length - HeadWords <= SpikePacket.MostWordsOfEntry(Network, Slices[1]));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_grade_that_is_no_finite_number_is_refused(float grade)
    {
        Assert.True(Loads(Packet(1, [3, 4], [1, float.MaxValue]).Words));
        Assert.False(Loads(Packet(1, [3, 4], [1, grade]).Words));
    }

    [Fact]
    public void Grades_of_who_has_none_and_none_of_who_has_some_are_refused()
    {
        Assert.False(Loads(Packet(0, [3], [1]).Words));
        var packet = new SpikePacket();
        packet.Begin(0);
        packet.Add(0, 1, Sizes[1], new SpikeSet([3]));
        packet.End(0);
        Assert.False(Loads(packet.Words));
        packet.Begin(0);
        packet.Add(0, 1, Sizes[1], new SpikeSet([8UL, 0], 1));
        packet.End(0);
        Assert.False(Loads(packet.Words));
    }

    [Fact]
    public void Neurons_that_do_not_ascend_or_are_not_there_and_numbers_of_spikes_that_cannot_be_are_refused()
    {
        Assert.False(Loads(Packet(1, [4, 3], [1, 1]).Words));
        Assert.False(Loads(Packet(1, [3, 3], [1, 1]).Words));
        Assert.False(Loads(Packet(1, [3, 70], [1, 1]).Words));
        Assert.False(Loads(Packet(1, [-1, 3], [1, 1]).Words));
        foreach (ulong count in (ulong[])[0, 1, 4, 71, 1UL << 31, 1UL << 32, (1UL << 32) + 3, ulong.MaxValue])
        {
            ulong[] words = [.. Packet(1, [3, 4, 5], [1, 1, 1]).Words];
            words[HeadWords + 1] = count;
            Assert.False(Loads(words), $"{count} spikes");
        }
    }

    [Fact]
    public void Whatever_becomes_of_a_packet_it_is_refused_or_can_be_delivered()
    {
        int refused = 0;
        for (int seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            var packet = new SpikePacket();
            packet.Begin(0);
            for (int tick = 0; tick < 3; tick++)
            {
                for (int slice = 0; slice < Sizes.Length; slice++)
                {
                    var (neurons, grades) = Draw(random, slice);
                    if (neurons.Length > 0) packet.Add(tick, slice, Sizes[slice], slice % 2 == 0 ? new SpikeSet(neurons) : new SpikeSet(neurons, grades));
                }
            }
            packet.End(2);
            ulong[] words = [.. packet.Words];
            for (int changes = random.Next(1, 4); changes > 0; changes--) words[random.Next(HeadWords, words.Length)] ^= 1UL << random.Next(64);
            var loaded = new SpikePacket();
            if (!loaded.TryLoad(words, Network, Slices, 0, 2))
            {
                refused++;
                continue;
            }
            var core = new NeuronCore(Placed(), 1, runAhead: 8);
            try
            {
                loaded.DeliverTo(core, Slices, new int[Sizes.Max()]);
                for (int tick = 0; tick < 6; tick++) core.Step();
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        }
        Assert.InRange(refused, 300, 2_700);
    }

    private static Placement Placed() => new(Network,
    [
        new CorePlacement(0, [.. Slices], 0, 0),
        new CorePlacement(1, [.. Sizes.Select((size, i) => new Slice(Sizes.Length + i, 0, size))], Sizes.Sum(), 0),
    ]);

    private static Network Build()
    {
        var builder = new NetworkBuilder("packets");
        for (int i = 0; i < Sizes.Length; i++) builder.AddPopulation($"in{i}", Sizes[i], i % 2 == 0 ? new SpikeArraySource() : SpikeArraySource.Graded());
        for (int i = 0; i < Sizes.Length; i++)
        {
            // Plain ones arrive as bits and as a list.
            NeuronModel model = i % 2 == 1 ? new DivisiveNormalisation() : i == 0 ? new GatedThresholdNeuron(0) : new LifDelta();
            builder.AddPopulation($"out{i}", Sizes[i], model).AddProjection($"in{i}", $"out{i}", Connectivity.OneToOne, Weight.Constant(1));
        }
        return builder.Build();
    }

    private static (int[] Neurons, float[] Grades) Draw(Random random, int slice)
    {
        double density = random.Next(4) switch { 0 => 0, 1 => 0.01, 2 => 0.2, _ => 0.9 };
        int[] neurons = [.. Enumerable.Range(0, Sizes[slice]).Where(_ => random.NextDouble() < density)];
        return (neurons, [.. neurons.Select(_ => random.Next(5) == 0 ? 0 : BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue) & ~0x4000_0000))]);
    }

    private static SpikePacket Packet(int slice, int[] neurons, float[] grades)
    {
        var packet = new SpikePacket();
        packet.Begin(0);
        packet.Add(0, slice, Sizes[slice], new SpikeSet(neurons, grades));
        packet.End(0);
        return packet;
    }

    private static bool Loads(ReadOnlySpan<ulong> words) => new SpikePacket().TryLoad(words, Network, Slices, 0, 0);

    private static List<string> Read(SpikePacket packet)
    {
        var found = new List<string>();
        var entries = packet.Read(Slices, new int[Sizes.Max()]);
        while (entries.MoveNext())
        {
            int[] neurons = [.. entries.Spikes.Indices];
            if (!entries.Spikes.Bits.IsEmpty)
            {
                var bits = entries.Spikes.Bits.ToArray();
                neurons = [.. Enumerable.Range(0, Sizes[entries.Slice]).Where(n => (bits[n / 64] >> (n % 64) & 1) != 0)];
            }
            found.Add(Text(entries.Tick, entries.Slice, neurons, entries.Spikes.Grades.ToArray()));
        }
        return found;
    }

    private static string Text(long tick, int slice, int[] neurons, float[] grades) =>
        $"{tick}/{slice}: {string.Join(' ', neurons)} {(slice % 2 == 0 ? "" : string.Join(' ', grades.Select(BitConverter.SingleToInt32Bits)))}";
}
