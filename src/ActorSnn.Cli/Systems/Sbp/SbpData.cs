using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using ActorSnn.Datasets;
using ActorSnn.Learning.Sbp;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems.Sbp;

/// <summary>One encoded set of images: bits, not pixels.</summary>
/// <param name="Rows">Rows of an image, before the crop.</param>
/// <param name="Columns">Columns of an image, before the crop.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Inputs">One frame an image.</param>
/// <param name="Labels">One label an image.</param>
/// <param name="Digest">Digest of the images and labels.</param>
internal sealed record SbpSamples(int Rows, int Columns, int Classes, BitFrames Inputs, byte[] Labels, string Digest)
{
    public static SbpSamples Train(DataLocator data, string dataset, int? count, int crop)
    {
        var samples = Encode(() => data.LoadTrain(dataset, count), crop);
        ReleasePixels();
        return samples;
    }

    public static SbpSamples Test(DataLocator data, string dataset, int? count, int crop)
    {
        var samples = Encode(() => data.LoadTest(dataset, count), crop);
        ReleasePixels();
        return samples;
    }

    /// <summary>Digest of a training and a test set together.</summary>
    public static string DigestOf(SbpSamples train, SbpSamples test) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(train.Digest + test.Digest)));

    public static void RequireCrop(string dataset, int rows, int columns, int crop)
    {
        int most = (Math.Min(rows, columns) - 1) / 2;
        if (crop < 0 || crop > most) throw new UsageException($"--crop {crop}: images of {dataset} are {rows}x{columns}; give 0 to {most}");
    }

    // A frame of its own, so that nothing on the caller's stack keeps the pixels alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static SbpSamples Encode(Func<LabelledImages> load, int crop)
    {
        var images = load();
        RequireCrop(images.Name, images.Rows, images.Columns, crop);
        return new SbpSamples(
            images.Rows, images.Columns, images.Classes, SbpEncoding.Encode(images.Pixels, images.Rows, images.Columns, crop), images.Labels, images.Digest);
    }

    /// <summary>Gives the memory of the pixels back before more is taken: 47 MB for MNIST.</summary>
    private static void ReleasePixels() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
