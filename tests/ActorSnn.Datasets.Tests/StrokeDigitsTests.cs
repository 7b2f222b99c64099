namespace ActorSnn.Datasets.Tests;

public class StrokeDigitsTests
{
    [Fact]
    public void The_default_sets_are_the_same_on_every_machine()
    {
        Assert.Equal("04564de99de94f75c689e86d6ab99bf5e96cca0fd25345e0cf39a11c3981c3ce", StrokeDigits.Train().Digest);
        Assert.Equal("f85a0c6694cddc71fe841693afd8391dac7d10b637545fb5e9e754e61db89046", StrokeDigits.Test().Digest);
    }

    [Fact]
    public void An_image_does_not_depend_on_how_many_are_drawn()
    {
        var many = StrokeDigits.Train(500, seed: 7);
        foreach (var count in (int[])[1, 13, 499])
            Assert.Equal(many.Take(count).Digest, StrokeDigits.Train(count, seed: 7).Digest);
    }

    [Fact]
    public void Seeds_and_training_and_test_share_no_image()
    {
        LabelledImages[] sets =
            [StrokeDigits.Train(2_000, 1), StrokeDigits.Test(2_000, 1), StrokeDigits.Train(2_000, 2), StrokeDigits.Test(2_000, 2)];
        var images = sets.SelectMany(set => Enumerable.Range(0, set.Count).Select(i => Convert.ToHexString(set.Image(i))));
        Assert.Distinct(images);
        Assert.Distinct(sets.Select(set => Convert.ToHexString(set.Labels)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1234)]
    [InlineData(20_000)]
    public void Labels_are_as_balanced_as_they_can_be(int count)
    {
        var labels = StrokeDigits.Train(count).Labels;
        var counts = Enumerable.Range(0, 10).Select(digit => labels.Count(label => label == digit)).ToArray();
        Assert.Equal(count, counts.Sum());
        Assert.InRange(counts.Max() - counts.Min(), 0, 1);
    }

    [Fact]
    public void Labels_come_in_random_order()
    {
        var labels = StrokeDigits.Train(10_000).Labels;
        var next = new int[10, 10];
        for (var block = 0; block < 1_000; block++)
            next[labels[10 * block], labels[10 * block + 9]]++;
        for (var first = 0; first < 10; first++)
            for (var last = 0; last < 10; last++)
                Assert.InRange(next[first, last], first == last ? 0 : 1, first == last ? 0 : 30); // 11 on average
    }

    [Fact]
    public void Every_image_holds_a_digit_that_is_neither_faint_nor_a_blot()
    {
        var set = StrokeDigits.Test();
        Assert.Equal((28, 28, 10, "synth"), (set.Rows, set.Columns, set.Classes, set.Name));
        for (var i = 0; i < set.Count; i++)
            Assert.InRange(set.Image(i).ToArray().Count(pixel => pixel >= 129), 10, 200);
    }

    [Fact]
    public void An_impossible_count_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => StrokeDigits.Train(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => StrokeDigits.Test(StrokeDigits.MostImages + 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_linear_classifier_stays_below_ninety_percent(bool bits)
    {
        var accuracy = LogisticRegression.BestTestAccuracy(
            StrokeDigits.Train(), StrokeDigits.Test(), bits ? pixel => pixel >= 129 ? 1 : 0 : pixel => pixel / 255f, seed: 1);
        Assert.InRange(accuracy, 0.80, 0.899); // below 0.80 it would not have been trained well
    }
}
