namespace ActorSnn.Cores.Tests;

public class SpikeDigestTests
{
    [Fact]
    public void The_digest_of_a_population_is_the_sum_of_those_of_its_parts_however_it_is_cut()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            int size = random.Next(2, 500);
            long tick = random.NextInt64(1L << 40);
            var spikes = Draw(random, size);
            var whole = new SpikeDigest(new Slice(3, 0, size)).Of(tick, Set(spikes));
            UInt128 sum = 0;
            for (int start = 0; start < size;)
            {
                int count = random.Next(1, size - start + 1);
                var part = new ulong[Bits.Words(count)];
                Bits.Extract(spikes, start, count, part);
                sum += new SpikeDigest(new Slice(3, start, count)).Of(tick, random.Next(2) == 0 ? Set(part) : new SpikeSet(List(part)));
                start += count;
            }
            Assert.True(whole == sum, $"{size} neurons (seed {seed})");
        }
    }

    [Fact]
    public void Grades_add_up_over_slices_and_every_bit_and_place_of_them_counts()
    {
        int[] neurons = [0, 3, 64, 65, 99];
        float[] grades = [1, -2, 0, 0.5f, 1];
        UInt128 Whole(params float[] g) => new SpikeDigest(new Slice(3, 20, 100)).Of(7, new SpikeSet(neurons, g));
        var whole = Whole(grades);
        foreach (int cut in (int[])[1, 4, 60, 66])
        {
            int first = neurons.Count(n => n < cut);
            var sum = new SpikeDigest(new Slice(3, 20, cut)).Of(7, new SpikeSet(neurons[..first], grades[..first]))
                + new SpikeDigest(new Slice(3, 20 + cut, 100 - cut)).Of(7, new SpikeSet([.. neurons[first..].Select(n => n - cut)], grades[first..]));
            Assert.Equal(whole, sum);
        }
        var seen = new HashSet<UInt128> { whole, Whole(-2, 1, 0, 0.5f, 1), Whole(0, 0, 0, 0, 0), new SpikeDigest(new Slice(2, 20, 100)).Of(7, new SpikeSet(neurons, grades)) };
        for (int bit = 0; bit < 32; bit++) Assert.True(seen.Add(Whole(1, BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(-2) ^ 1 << bit), 0, 0.5f, 1)));
        Assert.Equal(36, seen.Count);
    }

    [Fact]
    public void Every_single_spike_has_a_digest_of_its_own()
    {
        var seen = new Dictionary<UInt128, string> { [0] = "no spike" };
        for (int population = 0; population < 5; population++)
        {
            var digest = new SpikeDigest(new Slice(population, 0, 200));
            for (long tick = 0; tick < 50; tick++)
            {
                for (int neuron = 0; neuron < 200; neuron++)
                {
                    var words = new ulong[4];
                    words[neuron / 64] = 1UL << (neuron % 64);
                    string spike = $"neuron {neuron} of population {population} at tick {tick}";
                    if (!seen.TryAdd(digest.Of(tick, Set(words)), spike)) Assert.Fail($"{spike} has the digest of {seen[digest.Of(tick, Set(words))]}");
                }
            }
        }
    }

    private static SpikeSet Set(ulong[] words) => new(words, Bits.Count(words));

    private static int[] List(ulong[] words) => [.. Enumerable.Range(0, 64 * words.Length).Where(i => (words[i / 64] >> (i % 64) & 1) != 0)];

    private static ulong[] Draw(Random random, int count)
    {
        var words = new ulong[(count + 63) / 64];
        for (int i = 0; i < count; i++)
        {
            if (random.Next(3) == 0) words[i / 64] |= 1UL << (i % 64);
        }
        return words;
    }
}
