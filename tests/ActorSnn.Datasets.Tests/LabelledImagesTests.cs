namespace ActorSnn.Datasets.Tests;

public class LabelledImagesTests
{
    private static LabelledImages Three(
        string name = "three", int rows = 2, int columns = 3, byte pixel = 1, byte label = 2, int classes = 3) =>
        new(name, rows, columns, [pixel, .. Idx.Pixels(17)], [0, 1, label], classes);

    [Fact]
    public void The_first_images_are_a_set_of_their_own()
    {
        var two = Three().Take(2);

        Assert.Equal(2, two.Count);
        Assert.Equal(Three().Pixels[..12], two.Pixels);
        Assert.Equal([0, 1], two.Labels);
        Assert.Equal(Three().Image(1).ToArray(), two.Image(1).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => two.Take(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => two.Image(2).Length);
    }

    [Fact]
    public void The_digest_depends_on_shape_pixels_and_labels_and_not_on_the_name()
    {
        Assert.Equal(Three().Digest, Three(name: "other").Digest);
        LabelledImages[] sets = [Three(), Three(rows: 3, columns: 2), Three(pixel: 0), Three(label: 0), Three(classes: 4), Three().Take(2)];
        Assert.Distinct(sets.Select(set => set.Digest));
    }

    [Fact]
    public void The_digest_is_the_one_any_other_program_computes() =>
        Assert.Equal("4b86b12392a1be4208a40e5b4646ec13254fd055ee78e331d9e82e50dd8d3c69", Three().Digest);

    [Fact]
    public void Shapes_that_disagree_and_labels_out_of_range_are_refused()
    {
        var shape = Assert.Throws<ArgumentException>(() => new LabelledImages("x", 2, 3, new byte[11], new byte[2], 10));
        Assert.Contains("need 12 pixels, not 11", shape.Message);
        var label = Assert.Throws<ArgumentException>(() => new LabelledImages("x", 1, 1, new byte[2], [0, 10], 10));
        Assert.Contains("label 10 of image 1", label.Message);
        Assert.Equal(255, new LabelledImages("x", 1, 1, new byte[1], [255], 256).Labels[0]);
    }
}
