namespace ActorSnn.Datasets.Tests;

public class StrokeLettersTests
{
    [Fact]
    public void The_default_sets_are_the_same_on_every_machine()
    {
        Assert.Equal("ed0cad8b5e8044fb2d58cbb56758aa5654ae1224231d913e81730279da87a8cf", StrokeLetters.Train().Digest);
        Assert.Equal("554c0b66a3686b0a92f4638427efb8a4c655dd50de71c8fb36758999c5d7ffe4", StrokeLetters.Test().Digest);
    }

    [Fact]
    public void An_image_does_not_depend_on_how_many_are_drawn()
    {
        var many = StrokeLetters.Train(500, seed: 7);
        foreach (var count in (int[])[1, 37, 499])
            Assert.Equal(many.Take(count).Digest, StrokeLetters.Train(count, seed: 7).Digest);
    }

    [Fact]
    public void Seeds_and_training_and_test_and_the_digits_share_no_image()
    {
        LabelledImages[] sets =
        [
            StrokeLetters.Train(1_000, 1), StrokeLetters.Test(1_000, 1), StrokeLetters.Train(1_000, 2), StrokeLetters.Test(1_000, 2), StrokeDigits.Train(1_000, 1),
        ];
        Assert.Distinct(sets.SelectMany(set => Enumerable.Range(0, set.Count).Select(i => Convert.ToHexString(set.Image(i)))));
        Assert.Distinct(sets.Select(set => Convert.ToHexString(set.Labels)));
    }

    [Fact]
    public void Each_36_images_in_a_row_are_of_all_classes()
    {
        var set = StrokeLetters.Test();
        Assert.Equal((28, 28, 36, "synth-letters"), (set.Rows, set.Columns, set.Classes, set.Name));
        for (var first = 0; first + 36 <= set.Count; first += 36)
            Assert.Distinct(set.Labels[first..(first + 36)]);
    }

    [Fact]
    public void Every_image_holds_a_character_that_is_neither_faint_nor_a_blot()
    {
        var set = StrokeLetters.Test();
        for (var i = 0; i < set.Count; i++)
            Assert.InRange(set.Image(i).ToArray().Count(pixel => pixel >= 129), 10, 250);
    }

    [Fact]
    public void No_two_classes_have_a_glyph_in_common()
    {
        string Shown(Point[][] glyph) => string.Join(" / ", glyph.Select(stroke => string.Join(' ', stroke)));
        Assert.Equal(DataLocator.ClassesOf("synth-letters"), LetterGlyphs.All.Length);
        Assert.Distinct(LetterGlyphs.All.SelectMany(variants => variants).Select(Shown));
    }

    [Fact]
    public void A_linear_classifier_learns_something_and_is_far_from_enough()
    {
        var accuracy = LogisticRegression.BestTestAccuracy(StrokeLetters.Train(5_000), StrokeLetters.Test(1_800), pixel => pixel / 255f, seed: 1);
        Assert.InRange(accuracy, 0.25, 0.60); // chance is 0.03; a network with a hidden layer reaches 0.95 with more images
    }
}
