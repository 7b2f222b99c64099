namespace ActorSnn.Datasets;

/// <summary>One way to divide a set of samples.</summary>
/// <param name="Train">Indices of the samples to train with, ascending.</param>
/// <param name="Test">Indices of the others, ascending.</param>
public sealed record Fold(int[] Train, int[] Test);

/// <summary>Divides samples into those to train with and those to test with, where a data set is not published so divided or has too few to test with.</summary>
public static class Folds
{
    /// <summary>
    /// Cross-validation: splits samples at random so that each is tested with once. The folds depend on the numbers given and on nothing else. Their test parts have equal sizes, give or take one, and no sample in common.
    /// </summary>
    /// <param name="samples">How many samples there are.</param>
    /// <param name="folds">How many folds, 2 to <paramref name="samples"/>.</param>
    /// <param name="seed">Another seed makes another split.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than two folds, or more than samples.</exception>
    public static IReadOnlyList<Fold> Split(int samples, int folds, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(folds, samples);
        const ulong Stream = 0x666F6C6473; // "folds": drawn digits use the small numbers
        var random = new CounterRandom(seed, Stream, 0);
        var foldOf = new int[samples];
        for (int n = 0; n < samples; n++)
            foldOf[n] = n % folds;
        random.Shuffle(foldOf.AsSpan());
        return [.. Enumerable.Range(0, folds).Select(fold => new Fold(
            [.. Enumerable.Range(0, samples).Where(n => foldOf[n] != fold)], [.. Enumerable.Range(0, samples).Where(n => foldOf[n] == fold)]))];
    }

    /// <summary>
    /// Draws so many samples of each class to train with; all others are to test with. What is drawn depends on the numbers given and the labels and on nothing else.
    /// </summary>
    /// <param name="labels">One a sample.</param>
    /// <param name="perClass">Samples of each class that has any to train with, at least 1 and less than the smallest class has.</param>
    /// <param name="split">Which of the splits of a seed, from 1; each is drawn anew.</param>
    /// <param name="seed">Another seed makes other splits.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such split, or a class has too few samples.</exception>
    public static Fold Draw(ReadOnlySpan<byte> labels, int perClass, int split, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(perClass, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(split, 1);
        const ulong Stream = 0x73706C697473; // "splits"
        var samplesOf = new List<int>[256];
        for (int n = 0; n < labels.Length; n++)
            (samplesOf[labels[n]] ??= []).Add(n);
        var isDrawn = new bool[labels.Length];
        for (int label = 0; label < samplesOf.Length; label++)
        {
            if (samplesOf[label] is not { } samples)
                continue;
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(perClass, samples.Count);
            var random = new CounterRandom(seed, Stream, (ulong)split << 8 | (uint)label);
            for (int drawn = 0; drawn < perClass; drawn++)
            {
                int other = drawn + random.Below(samples.Count - drawn);
                (samples[drawn], samples[other]) = (samples[other], samples[drawn]);
                isDrawn[samples[drawn]] = true;
            }
        }
        return new Fold([.. Enumerable.Range(0, isDrawn.Length).Where(n => isDrawn[n])], [.. Enumerable.Range(0, isDrawn.Length).Where(n => !isDrawn[n])]);
    }
}
