using System.Numerics;

namespace ActorSnn.Cores.Kernels;

/// <summary>Spike decisions that depend on a few bits a neuron, 64 neurons at a time.</summary>
internal static class RelayKernel
{
    /// <summary>Most inputs a decision may depend on.</summary>
    public const int MostInputs = 3;

    /// <summary>Sets the spike of each neuron whose inputs, read as a number, are set in a truth table.</summary>
    /// <param name="table">Bit c: whether a neuron spikes whose input i is bit i of c.</param>
    /// <param name="inputs">Number of inputs, 1 to <see cref="MostInputs"/>.</param>
    /// <param name="input0">Bits of the first input; the population's, not the slice's.</param>
    /// <param name="input1">Bits of the second input, if there is one.</param>
    /// <param name="input2">Bits of the third input, if there is one.</param>
    /// <param name="start">First neuron of the slice.</param>
    /// <param name="neurons">Number of neurons of the slice.</param>
    /// <param name="spikes">One bit a neuron of the slice; written.</param>
    /// <returns>Number of spikes.</returns>
    public static int Fire(
        uint table, int inputs, ReadOnlySpan<ulong> input0, ReadOnlySpan<ulong> input1, ReadOnlySpan<ulong> input2, int start, int neurons, Span<ulong> spikes)
    {
        int count = 0;
        for (int w = 0; w < spikes.Length; w++)
        {
            int bit = start + (w << 6);
            ulong a = Bits.Read(input0, bit);
            ulong b = inputs > 1 ? Bits.Read(input1, bit) : 0;
            ulong c = inputs > 2 ? Bits.Read(input2, bit) : 0;
            ulong word = 0;
            for (uint rest = table; rest != 0; rest &= rest - 1)
            {
                int combination = BitOperations.TrailingZeroCount(rest);
                ulong term = (combination & 1) != 0 ? a : ~a;
                if (inputs > 1) term &= (combination & 2) != 0 ? b : ~b;
                if (inputs > 2) term &= (combination & 4) != 0 ? c : ~c;
                word |= term;
            }
            int lanes = neurons - (w << 6);
            if (lanes < 64) word &= (1UL << lanes) - 1;
            spikes[w] = word;
            count += BitOperations.PopCount(word);
        }
        return count;
    }
}
