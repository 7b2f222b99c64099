namespace ActorSnn.Datasets;

/// <summary>One way to divide a set of samples.</summary>
/// <param name="Train">Indices of the samples to train with, ascending.</param>
/// <param name="Test">Indices of the others, ascending.</param>
public sealed record Fold(int[] Train, int[] Test);

/// <summary>Cross-validation: divides samples so that each is tested with once.</summary>
public static class Folds
{
    /// <summary>
    /// Splits samples at random. The folds depend on the numbers given and on nothing else. Their test parts have equal sizes, give or take one, and no sample in common.
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
        for (int last = samples - 1; last > 0; last--)
        {
            int other = random.Below(last + 1);
            (foldOf[last], foldOf[other]) = (foldOf[other], foldOf[last]);
        }
        return [.. Enumerable.Range(0, folds).Select(fold => new Fold(
            [.. Enumerable.Range(0, samples).Where(n => foldOf[n] != fold)], [.. Enumerable.Range(0, samples).Where(n => foldOf[n] == fold)]))];
    }
}
