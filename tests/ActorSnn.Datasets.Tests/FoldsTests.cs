namespace ActorSnn.Datasets.Tests;

public class FoldsTests
{
    [Theory]
    [InlineData(1_100, 5)]
    [InlineData(7, 3)]
    [InlineData(4, 4)]
    public void Each_sample_is_tested_with_once_and_trained_with_in_all_other_folds(int samples, int count)
    {
        var folds = Folds.Split(samples, count, seed: 3);

        Assert.Equal(count, folds.Count);
        Assert.Equal(Enumerable.Range(0, samples), folds.SelectMany(fold => fold.Test).Order());
        Assert.InRange(folds.Max(fold => fold.Test.Length) - folds.Min(fold => fold.Test.Length), 0, 1);
        foreach (var fold in folds)
        {
            Assert.Equal(Enumerable.Range(0, samples), fold.Train.Concat(fold.Test).Order());
            Assert.Equal(fold.Train.Order(), fold.Train);
            Assert.Equal(fold.Test.Order(), fold.Test);
        }
    }

    [Fact]
    public void The_split_is_a_random_one_that_the_seed_alone_decides()
    {
        string Shown(ulong seed) => string.Join(' ', Folds.Split(20, 2, seed)[0].Test);
        Assert.Equal("2 4 7 8 9 13 15 17 18 19", Shown(1));
        Assert.Distinct(Enumerable.Range(1, 20).Select(seed => Shown((ulong)seed)));
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(10, 11)]
    [InlineData(0, 2)]
    public void An_impossible_number_of_folds_is_refused(int samples, int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Folds.Split(samples, count, 1));
}
