using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ActorSnn.Datasets.Events;

/// <summary>
/// Labelled recordings of an event camera, binned: for each recording <see cref="Bins"/> frames of <see cref="Inputs"/> bits, one frame a time bin. Bit j of a frame is set if
/// and only if at least one event of input j falls into the bin.
/// <para>
/// Input j is a pixel and a polarity: the OFF events of all pixels come first, row by row, then their ON events, so j = (ON ? width * height : 0) + y * width + x. Bit j of
/// a frame is in its word j / 64 at position j % 64; the bits beyond the last input are zero.
/// </para>
/// </summary>
public sealed class EventFrames
{
    private readonly Lazy<string> _digest;

    internal EventFrames(string name, int width, int height, int bins, ulong[] words, byte[] labels, int classes)
    {
        (Name, Width, Height, Bins, Words, Labels, Classes) = (name, width, height, bins, words, labels, classes);
        _digest = new Lazy<string>(ComputeDigest);
    }

    /// <summary>What the set is called in messages and reports.</summary>
    public string Name { get; }

    /// <summary>Number of recordings.</summary>
    public int Count => Labels.Length;

    /// <summary>Frames of a recording.</summary>
    public int Bins { get; }

    /// <summary>Width of the sensor in pixels.</summary>
    public int Width { get; }

    /// <summary>Height of the sensor in pixels.</summary>
    public int Height { get; }

    /// <summary>Bits of a frame: one a pixel and polarity.</summary>
    public int Inputs => InputsOf(Width, Height);

    /// <summary>64-bit words of a frame.</summary>
    public int WordsPerFrame => WordsOf(Width, Height);

    /// <summary>Number of classes; labels are below it.</summary>
    public int Classes { get; }

    /// <summary>[Count, Bins, WordsPerFrame]: all frames, those of a recording in a row in the order of time.</summary>
    public ulong[] Words { get; }

    /// <summary>[Count], each in 0..Classes-1.</summary>
    public byte[] Labels { get; }

    /// <summary>
    /// SHA-256 in lower-case hex over count, bins, width, height and classes (32-bit little-endian each), the words (64-bit little-endian) and the labels: equal for equal
    /// data, whatever it is called and wherever it came from. Computed at first use.
    /// </summary>
    public string Digest => _digest.Value;

    /// <summary>The words of one frame.</summary>
    /// <param name="recording">0..Count-1.</param>
    /// <param name="bin">0..Bins-1.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such frame.</exception>
    public ReadOnlySpan<ulong> Frame(int recording, int bin)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bin);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(bin, Bins);
        return FramesOf(recording).Slice(bin * WordsPerFrame, WordsPerFrame);
    }

    /// <summary>The mean of each input over the bins of a recording: what a network without time is given.</summary>
    /// <param name="recording">0..Count-1.</param>
    /// <param name="means">[Inputs], filled with multiples of 1 / Bins in 0..1.</param>
    /// <exception cref="ArgumentException">No such recording, or another number of inputs.</exception>
    public void Means(int recording, Span<float> means)
    {
        if (means.Length != Inputs)
            throw new ArgumentException($"{Inputs} inputs have {Inputs} means, not {means.Length}", nameof(means));
        means.Clear();
        var frames = FramesOf(recording);
        for (int w = 0; w < frames.Length; w++)
        {
            for (ulong bits = frames[w]; bits != 0; bits &= bits - 1)
                means[w % WordsPerFrame * 64 + BitOperations.TrailingZeroCount(bits)]++;
        }
        foreach (ref float mean in means)
            mean /= Bins;
    }

    /// <summary>Some of the recordings, in the order given, as a set of their own.</summary>
    /// <param name="recordings">Indices, each in 0..Count-1.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such recording.</exception>
    public EventFrames Select(ReadOnlySpan<int> recordings)
    {
        int size = Bins * WordsPerFrame;
        var words = new ulong[(long)recordings.Length * size];
        var labels = new byte[recordings.Length];
        for (int n = 0; n < recordings.Length; n++)
        {
            FramesOf(recordings[n]).CopyTo(words.AsSpan(n * size));
            labels[n] = Labels[recordings[n]];
        }
        return new EventFrames(Name, Width, Height, Bins, words, labels, Classes);
    }

    /// <summary>The recordings of this set, then those of another, as one set.</summary>
    /// <param name="other">Of the same sensor, bins and classes.</param>
    /// <exception cref="ArgumentException">It is not.</exception>
    public EventFrames Concat(EventFrames other)
    {
        if ((Width, Height, Bins, Classes) != (other.Width, other.Height, other.Bins, other.Classes))
            throw new ArgumentException("recordings in one set must have the same sensor, bins and classes", nameof(other));
        return new EventFrames(Name, Width, Height, Bins, [.. Words, .. other.Words], [.. Labels, .. other.Labels], Classes);
    }

    internal static int InputsOf(int width, int height) => 2 * width * height;

    internal static int WordsOf(int width, int height) => (InputsOf(width, height) + 63) / 64;

    /// <summary>Bins one recording.</summary>
    /// <param name="recording">The recording; an event after its duration falls into the last bin.</param>
    /// <param name="width">Width of the sensor in pixels.</param>
    /// <param name="height">Height of the sensor in pixels.</param>
    /// <param name="durationUs">How long recordings last, in microseconds: the bins are equal parts of it.</param>
    /// <param name="bins">Number of bins.</param>
    /// <param name="frames">[bins, words of a frame], all zero.</param>
    internal static void Bin(EventRecording recording, int width, int height, int durationUs, int bins, Span<ulong> frames)
    {
        int words = WordsOf(width, height);
        for (int e = 0; e < recording.Count; e++)
        {
            int bin = (int)Math.Min(bins - 1, (long)recording.TimesUs[e] * bins / durationUs);
            int input = (recording.IsOn[e] ? width * height : 0) + recording.Y[e] * width + recording.X[e];
            frames[bin * words + input / 64] |= 1UL << (input % 64);
        }
    }

    private ReadOnlySpan<ulong> FramesOf(int recording)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(recording);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(recording, Count);
        int size = Bins * WordsPerFrame;
        return Words.AsSpan(recording * size, size);
    }

    private string ComputeDigest()
    {
        Span<byte> shape = stackalloc byte[20];
        int[] sizes = [Count, Bins, Width, Height, Classes];
        for (int n = 0; n < sizes.Length; n++)
            BinaryPrimitives.WriteInt32LittleEndian(shape[(4 * n)..], sizes[n]);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(shape);
        for (int n = 0; n < Count; n++)
            hash.AppendData(MemoryMarshal.AsBytes(FramesOf(n)));
        hash.AppendData(Labels);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
