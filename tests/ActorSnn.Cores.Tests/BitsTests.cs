namespace ActorSnn.Cores.Tests;

/// <summary>Packed bits against a plain array of booleans.</summary>
public class BitsTests
{
    [Fact]
    public void Words_hold_64_bits() => Assert.Equal([0, 1, 1, 1, 2, 2, 3], new[] { 0, 1, 63, 64, 65, 128, 129 }.Select(Bits.Words));

    [Fact]
    public void Count_counts_the_set_bits()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var (bits, words) = Draw(new Random(seed), seed * 3);
            Assert.Equal(bits.Count(b => b), Bits.Count(words));
        }
    }

    [Fact]
    public void Read_gives_64_bits_from_anywhere_and_zeros_beyond_the_end()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var (bits, words) = Draw(random, random.Next(0, 300));
            for (int from = 0; from < bits.Length + 130; from += random.Next(1, 9))
            {
                ulong word = Bits.Read(words, from);
                for (int i = 0; i < 64; i++)
                    Assert.True((from + i < bits.Length && bits[from + i]) == ((word >> i & 1) == 1), $"bit {i} from {from} (seed {seed})");
            }
        }
    }

    [Fact]
    public void Or_sets_bits_from_anywhere_and_clears_none()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var (target, targetWords) = Draw(random, random.Next(1, 400));
            int at = random.Next(target.Length);
            var (source, sourceWords) = Draw(random, random.Next(1, target.Length - at + 1));

            Bits.Or(sourceWords, targetWords, at);

            for (int i = 0; i < source.Length; i++) target[at + i] |= source[i];
            Assert.True(Pack(target).AsSpan().SequenceEqual(targetWords), $"{source.Length} bits onto {target.Length} at {at} (seed {seed})");
        }
    }

    [Fact]
    public void Extract_copies_bits_from_anywhere_and_clears_the_rest_of_the_last_word()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var (source, sourceWords) = Draw(random, random.Next(1, 400));
            int from = random.Next(source.Length);
            int count = random.Next(1, source.Length - from + 1);
            var target = Enumerable.Repeat(ulong.MaxValue, (count + 63) / 64 + 1).ToArray();

            Bits.Extract(sourceWords, from, count, target);

            Assert.True(Pack(source[from..(from + count)]).AsSpan().SequenceEqual(target.AsSpan()[..^1]), $"{count} bits from {from} (seed {seed})");
            Assert.Equal(ulong.MaxValue, target[^1]);
        }
    }

    [Fact]
    public void Indices_lists_the_set_bits_in_order()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (bits, words) = Draw(random, random.Next(0, 400));
            var expected = Enumerable.Range(0, bits.Length).Where(i => bits[i]).ToArray();
            var indices = new int[expected.Length + random.Next(3)];
            Array.Fill(indices, -1);

            Assert.Equal(expected.Length, Bits.Indices(words, indices));

            Assert.True(expected.AsSpan().SequenceEqual(indices.AsSpan()[..expected.Length]), $"{bits.Length} bits (seed {seed})");
            Assert.All(indices[expected.Length..], i => Assert.Equal(-1, i));
            if (expected.Length > 0) Assert.Throws<ArgumentException>(() => Bits.Indices(words, new int[expected.Length - 1]));
        }
    }

    private static (bool[] Bits, ulong[] Words) Draw(Random random, int count)
    {
        double density = random.NextDouble();
        var bits = Enumerable.Range(0, count).Select(_ => random.NextDouble() < density).ToArray();
        return (bits, Pack(bits));
    }

    private static ulong[] Pack(bool[] bits)
    {
        var words = new ulong[(bits.Length + 63) / 64];
        for (int i = 0; i < bits.Length; i++)
        {
            if (bits[i]) words[i / 64] |= 1UL << (i % 64);
        }
        return words;
    }
}
