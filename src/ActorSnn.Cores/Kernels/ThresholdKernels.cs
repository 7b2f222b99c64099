using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ActorSnn.Cores.Kernels;

/// <summary>Kernels over the drives of integer neurons. Buffers are padded to a multiple of 16 elements.</summary>
internal static class ThresholdKernels
{
    private static readonly Vector512<int> LaneBits =
        Vector512.Create(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);

    /// <summary>
    /// Sets bit j of <paramref name="spikes"/> where drive[j] is above the threshold, clears the drives, and returns how many bits it set.
    /// </summary>
    /// <param name="drive">One a neuron, padded.</param>
    /// <param name="neurons">Number of neurons.</param>
    /// <param name="threshold">Compared strictly.</param>
    /// <param name="spikes">ceil(neurons / 64) words.</param>
    public static int Fire(Span<int> drive, int neurons, int threshold, Span<ulong> spikes)
    {
        if (!Vector512.IsHardwareAccelerated) return Scalar.Fire(drive, neurons, threshold, spikes);
        var limit = Vector512.Create(threshold);
        ref int first = ref MemoryMarshal.GetReference(drive);
        int count = 0;
        for (int w = 0; w < spikes.Length; w++)
        {
            ulong word = 0;
            int start = w << 6;
            int lanes = Math.Min(64, neurons - start);
            for (int lane = 0; lane < lanes; lane += 16)
            {
                ref int block = ref Unsafe.Add(ref first, start + lane);
                word |= Vector512.GreaterThan(Vector512.LoadUnsafe(ref block), limit).ExtractMostSignificantBits() << lane;
                Vector512<int>.Zero.StoreUnsafe(ref block);
            }
            if (lanes < 64) word &= (1UL << lanes) - 1;
            spikes[w] = word;
            count += BitOperations.PopCount(word);
        }
        return count;
    }

    /// <summary>Adds a weight to drive[j] for each set bit j of a 64-bit word.</summary>
    /// <param name="word">The bits.</param>
    /// <param name="weight">The weight.</param>
    /// <param name="drive">The drives of the word's neurons; padded so that every set bit's block of 16 is inside.</param>
    public static void AddWhereSet(ulong word, int weight, Span<int> drive)
    {
        if (!Vector512.IsHardwareAccelerated || BitOperations.PopCount(word) < 8)
        {
            Scalar.AddWhereSet(word, weight, drive);
            return;
        }
        var add = Vector512.Create(weight);
        ref int first = ref MemoryMarshal.GetReference(drive);
        for (int lane = 0; lane < drive.Length && lane < 64; lane += 16)
        {
            var bits = Vector512.Create((int)((word >> lane) & 0xFFFF)) & LaneBits;
            ref int block = ref Unsafe.Add(ref first, lane);
            (Vector512.LoadUnsafe(ref block) + (Vector512.Equals(bits, LaneBits) & add)).StoreUnsafe(ref block);
        }
    }

    /// <summary>Plain loops with the same results.</summary>
    public static class Scalar
    {
        /// <inheritdoc cref="ThresholdKernels.Fire"/>
        public static int Fire(Span<int> drive, int neurons, int threshold, Span<ulong> spikes)
        {
            spikes.Clear();
            int count = 0;
            for (int j = 0; j < neurons; j++)
            {
                if (drive[j] <= threshold) continue;
                spikes[j >> 6] |= 1UL << (j & 63);
                count++;
            }
            drive.Clear();
            return count;
        }

        /// <inheritdoc cref="ThresholdKernels.AddWhereSet"/>
        public static void AddWhereSet(ulong word, int weight, Span<int> drive)
        {
            for (; word != 0; word &= word - 1) drive[BitOperations.TrailingZeroCount(word)] += weight;
        }
    }
}
