using ActorSnn.Learning.Tests.Reference;

namespace ActorSnn.Learning.Tests.SsnnBp;

/// <summary>Images of classes that each have a pattern of their own under noise: small, and learnt in a few hundred samples.</summary>
internal sealed record SsnnBpImages(int Inputs, int Classes, byte[] Pixels, byte[] Labels)
{
    public int Count => Labels.Length;

    public byte[] Image(int index) => Pixels[(index * Inputs)..((index + 1) * Inputs)];

    /// <param name="inputs">Pixels of an image; about a quarter of them are 0.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="count">Number of images.</param>
    /// <param name="seed">Seed of the noise; the patterns are always the same.</param>
    public static SsnnBpImages Draw(int inputs, int classes, int count, int seed)
    {
        var patterns = new Random(7);
        double[][] centres = [.. Enumerable.Range(0, classes).Select(_ => Enumerable.Range(0, inputs).Select(_ => 240.0 * patterns.NextDouble()).ToArray())];
        var noise = new Random(seed);
        var pixels = new byte[count * inputs];
        var labels = new byte[count];
        for (int n = 0; n < count; n++)
        {
            labels[n] = (byte)noise.Next(classes);
            for (int j = 0; j < inputs; j++) pixels[n * inputs + j] = (byte)Math.Clamp(centres[labels[n]][j] + 160 * noise.NextDouble() - 140, 0, 255);
        }
        return new SsnnBpImages(inputs, classes, pixels, labels);
    }

    /// <summary>A reference with initial weights of its seed.</summary>
    public static SsnnBpReference Reference(SsnnBpReferenceOptions options) => new(options, GlorotUniform.Draw(options.Sizes, options.Seed));
}
