using ActorSnn.Networks;

namespace ActorSnn.Learning.Bstdg;

/// <summary>
/// The inference network of a trained one, with no more than it needs: a sign a synapse, a whole threshold a neuron. A sum of signs is whole, so that it reaches a threshold when it reaches the next whole number.
/// <para>
/// What is lost with the fractions is who comes first among outputs that are equally far beyond their whole thresholds, so the order of these fractions is kept. In memory it is a part of the threshold, in steps
/// of 1/256: small enough to change no crossing, and exact in 32-bit floats.
/// </para>
/// </summary>
internal static class BstdgExport
{
    /// <summary>Largest whole threshold of an output: with its order it is exact in a float.</summary>
    private const int MostOutputThreshold = 1 << 16;

    /// <summary>Largest whole threshold of a hidden neuron.</summary>
    private const int MostHiddenThreshold = 1 << 24;

    private const int Orders = 256;

    /// <summary>The weights that are left: signs and whole thresholds.</summary>
    /// <param name="weights">Trained weights; biases are thresholds, negated.</param>
    /// <exception cref="ArgumentException">A threshold is too large.</exception>
    public static LayerWeights Whole(LayerWeights weights)
    {
        var fractions = Array.ConvertAll(weights.Biases(2), bias => Math.Ceiling(-(double)bias) + bias);
        double[] distinct = [.. fractions.Distinct().Order()];
        return new LayerWeights(
            weights.Sizes.AsSpan(),
            [.. Enumerable.Range(1, 2).Select(l => Array.ConvertAll(weights.Weights(l), weight => float.IsNegative(weight) ? -1f : 1f))],
            [
                Array.ConvertAll(weights.Biases(1), bias => -(float)WholeOf(bias, MostHiddenThreshold)),
                [.. weights.Biases(2).Select((bias, k) => BiasOf(WholeOf(bias, MostOutputThreshold), Array.IndexOf(distinct, fractions[k])))],
            ]);
    }

    /// <summary>Adds such weights to a new file.</summary>
    public static void Add(ArrayArchive archive, LayerWeights weights)
    {
        for (int l = 1; l <= 2; l++)
        {
            int sources = weights.Sizes[l - 1], targets = weights.Sizes[l];
            var signs = new ulong[WordsOf(sources) * targets];
            for (int i = 0; i < sources; i++)
            {
                for (int j = 0; j < targets; j++)
                {
                    if (float.IsNegative(weights.Weights(l)[i * targets + j])) signs[(i >> 6) * targets + j] |= 1UL << (i & 63);
                }
            }
            archive.Add($"S{l}", signs, WordsOf(sources), targets);
            archive.Add($"t{l}", Array.ConvertAll(weights.Biases(l), bias => (long)Math.Ceiling(-(double)bias)), targets);
        }
        archive.Add("order2", Array.ConvertAll(weights.Biases(2), bias => (short)((Math.Ceiling(-(double)bias) + bias) * Orders)), weights.Sizes[2]);
    }

    /// <summary>Reads such weights from a file.</summary>
    /// <exception cref="ArchiveException">They are missing, of other sizes, or make no sense.</exception>
    public static LayerWeights Read(ArrayArchive archive, int inputs)
    {
        int[] sizes = [inputs, 0, 0];
        var weights = new float[2][];
        var thresholds = new long[2][];
        for (int l = 1; l <= 2; l++)
        {
            int sources = sizes[l - 1];
            var signs = archive.Get<ulong>($"S{l}", WordsOf(sources), -1);
            int targets = sizes[l] = archive.ShapeOf($"S{l}")[1];
            if (targets < 1 || (l == 2 && targets > byte.MaxValue + 1)) throw new ArchiveException(archive.File, $"has {targets} neurons in layer {l}");
            thresholds[l - 1] = archive.Get<long>($"t{l}", targets);
            int most = l == 1 ? MostHiddenThreshold : MostOutputThreshold;
            int wrong = Array.FindIndex(thresholds[l - 1], t => t < 1 || t > most);
            if (wrong >= 0) throw new ArchiveException(archive.File, $"value {wrong} of \"t{l}\" is {thresholds[l - 1][wrong]}; it must be 1 to {most}");
            weights[l - 1] = new float[checked(sources * targets)];
            for (int i = 0; i < sources; i++)
            {
                for (int j = 0; j < targets; j++) weights[l - 1][i * targets + j] = (signs[(i >> 6) * targets + j] >> (i & 63) & 1) != 0 ? -1 : 1;
            }
            if ((sources & 63) != 0 && signs.AsSpan((WordsOf(sources) - 1) * targets).ContainsAnyInRange(1UL << (sources & 63), ulong.MaxValue))
                throw new ArchiveException(archive.File, $"has signs in \"S{l}\" of more than {sources} neurons");
        }
        var order = archive.Get<short>("order2", sizes[2]);
        int strange = Array.FindIndex(order, o => o is < 0 or >= Orders);
        if (strange >= 0) throw new ArchiveException(archive.File, $"value {strange} of \"order2\" is {order[strange]}; it must be 0 to {Orders - 1}");
        return new LayerWeights(
            sizes, weights, [Array.ConvertAll(thresholds[0], t => -(float)t), [.. thresholds[1].Select((t, k) => BiasOf(t, order[k]))]]);
    }

    /// <summary>Bytes of signs in memory and in the file.</summary>
    public static long SignBytesOf(IReadOnlyList<int> sizes) => sizeof(ulong) * ((long)WordsOf(sizes[0]) * sizes[1] + (long)WordsOf(sizes[1]) * sizes[2]);

    private static int WordsOf(int neurons) => (neurons + 63) / 64;

    private static float BiasOf(long threshold, int order) => -(threshold - order / (float)Orders);

    private static long WholeOf(float bias, int most)
    {
        double threshold = Math.Ceiling(-(double)bias);
        return threshold <= most ? (long)threshold : throw new ArgumentException($"a threshold of {-bias}; a whole one is at most {most}");
    }
}
