using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ActorSnn.Datasets.Spikes;

namespace ActorSnn.Datasets;

/// <summary>
/// Labelled samples in which each input spikes once or not at all: the code of networks that tell by when a spike comes. Of each input the time bin of its spike is kept,
/// 0..<see cref="Bins"/>-1; the bin <see cref="Bins"/> stands for an input that is silent.
/// </summary>
public sealed class Latencies
{
    private readonly Lazy<string> _digest;

    private Latencies(string name, int inputs, int bins, ushort[] spikeBins, byte[] labels, int classes)
    {
        (Name, Inputs, Bins, SpikeBins, Labels, Classes) = (name, inputs, bins, spikeBins, labels, classes);
        _digest = new Lazy<string>(ComputeDigest);
    }

    /// <summary>What the set is called in messages and reports.</summary>
    public string Name { get; }

    /// <summary>Number of samples.</summary>
    public int Count => Labels.Length;

    /// <summary>Inputs of a network.</summary>
    public int Inputs { get; }

    /// <summary>Time bins of a sample, 1 to 65,535.</summary>
    public int Bins { get; }

    /// <summary>Number of classes; labels are below it.</summary>
    public int Classes { get; }

    /// <summary>[Count, Inputs]: the bin of each input's spike, <see cref="Bins"/> where there is none.</summary>
    public ushort[] SpikeBins { get; }

    /// <summary>[Count], each in 0..Classes-1.</summary>
    public byte[] Labels { get; }

    /// <summary>
    /// SHA-256 in lower-case hex over count, inputs, bins and classes (32-bit little-endian each), the bins of the spikes (16-bit little-endian) and the labels: equal for equal
    /// data, whatever it is called and wherever it came from. Computed at first use.
    /// </summary>
    public string Digest => _digest.Value;

    /// <summary>
    /// Spike trains, of which the first spike of each channel remains, or the first in each of several windows of time. The bins are equal parts of the duration, counted from
    /// its beginning in all windows; bin b belongs to window floor(b * windows / bins). Input w * channels + c is channel c in window w. A spike at the very end
    /// of the duration falls into the last bin; later ones are left out.
    /// </summary>
    /// <param name="samples">The spike trains.</param>
    /// <param name="bins">Time bins, 1 to 65,535.</param>
    /// <param name="durationSeconds">What the bins are parts of, in seconds.</param>
    /// <param name="windows">Number of windows, 1 to <paramref name="bins"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Bins, duration or windows out of range.</exception>
    /// <exception cref="DatasetException">More samples, channels and windows than memory can hold.</exception>
    public static Latencies OfFirstSpikes(SpikeSamples samples, int bins, double durationSeconds = 1, int windows = 1)
    {
        RequireBins(bins);
        if (!double.IsFinite(durationSeconds) || durationSeconds <= 0)
            throw new ArgumentOutOfRangeException(nameof(durationSeconds), durationSeconds, "more than 0 seconds");
        ArgumentOutOfRangeException.ThrowIfLessThan(windows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(windows, bins);
        if ((double)samples.Count * windows * samples.Channels > Array.MaxLength)
            throw new DatasetException($"{samples.Count} samples of {samples.Name} in {windows} windows are more than memory can hold; ask for fewer");
        int inputs = windows * samples.Channels;
        var spikeBins = new ushort[samples.Count * inputs];
        spikeBins.AsSpan().Fill((ushort)bins);
        for (int n = 0; n < samples.Count; n++)
        {
            var sample = spikeBins.AsSpan(n * inputs, inputs);
            var (times, units) = (samples.Times[n], samples.Units[n]);
            for (int spike = 0; spike < times.Length; spike++)
            {
                if (times[spike] > durationSeconds)
                    continue;
                int bin = (int)Math.Min(bins - 1, (double)times[spike] * bins / durationSeconds);
                ref ushort first = ref sample[(int)((long)bin * windows / bins) * samples.Channels + units[spike]];
                first = ushort.Min(first, (ushort)bin);
            }
        }
        return new Latencies(samples.Name, inputs, bins, spikeBins, samples.Labels, samples.Classes);
    }

    /// <summary>The bins of one sample's spikes.</summary>
    /// <param name="sample">0..Count-1.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such sample.</exception>
    public ReadOnlySpan<ushort> Sample(int sample)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sample);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sample, Count);
        return SpikeBins.AsSpan(sample * Inputs, Inputs);
    }

    private static void RequireBins(int bins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bins, ushort.MaxValue);
    }

    private string ComputeDigest()
    {
        Span<byte> shape = stackalloc byte[16];
        int[] sizes = [Count, Inputs, Bins, Classes];
        for (int n = 0; n < sizes.Length; n++)
            BinaryPrimitives.WriteInt32LittleEndian(shape[(4 * n)..], sizes[n]);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(shape);
        for (int n = 0; n < Count; n++)
            hash.AppendData(MemoryMarshal.AsBytes(Sample(n)));
        hash.AppendData(Labels);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
