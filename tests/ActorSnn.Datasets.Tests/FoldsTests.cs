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

    [Fact]
    public void So_many_of_each_class_are_drawn_and_all_others_are_tested_with()
    {
        byte[] labels = [.. Enumerable.Range(0, 60).Select(n => (byte)(n % 3 == 0 ? 7 : 2))];
        var fold = Folds.Draw(labels, 15, split: 1, seed: 1);
        Assert.Equal(Enumerable.Range(0, 60), fold.Train.Concat(fold.Test).Order());
        Assert.Equal(fold.Train.Order(), fold.Train);
        Assert.Equal(fold.Test.Order(), fold.Test);
        Assert.Equal((15, 15), (fold.Train.Count(n => labels[n] == 7), fold.Train.Count(n => labels[n] == 2)));
    }

    [Fact]
    public void What_is_drawn_is_random_and_the_split_and_the_seed_alone_decide()
    {
        string Shown(int split, ulong seed) => string.Join(' ', Folds.Draw(new byte[20], 10, split, seed).Test);
        Assert.Equal(Shown(2, 3), Shown(2, 3));
        Assert.Distinct(Enumerable.Range(1, 10).SelectMany(split => Enumerable.Range(1, 10).Select(seed => Shown(split, (ulong)seed))));
        var times = new int[20];
        for (int split = 1; split <= 1_000; split++)
        {
            foreach (int n in Folds.Draw(new byte[20], 5, split, 1).Train) times[n]++;
        }
        Assert.All(times, count => Assert.InRange(count, 180, 320)); // 250 expected, five standard deviations
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 0)]
    [InlineData(10, 1)]
    public void An_impossible_draw_is_refused(int perClass, int split) => Assert.Throws<ArgumentOutOfRangeException>(() => Folds.Draw(new byte[10], perClass, split, 1));
}
