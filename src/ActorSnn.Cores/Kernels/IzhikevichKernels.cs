using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ActorSnn.Cores.Kernels;

/// <summary>Kernels of Izhikevich's neurons. Buffers are padded to a multiple of 8 elements.</summary>
internal static class IzhikevichKernels
{
    /// <summary>One tick: V by forward Euler in two halves, then u.</summary>
    /// <param name="v">Potentials, in mV.</param>
    /// <param name="u">Recovery variables.</param>
    /// <param name="drive">Input of the tick, in mV/ms.</param>
    /// <param name="rate">a times the tick.</param>
    /// <param name="b">Sensitivity of recovery.</param>
    /// <param name="halfTick">Half a tick, in ms.</param>
    public static void Advance(Span<double> v, Span<double> u, ReadOnlySpan<double> drive, double rate, double b, double halfTick)
    {
        ref double firstV = ref MemoryMarshal.GetReference(v);
        ref double firstU = ref MemoryMarshal.GetReference(u);
        ref double input = ref MemoryMarshal.GetReference(drive);
        for (nuint n = 0; n < (nuint)v.Length; n += 8)
        {
            var potential = Vector512.LoadUnsafe(ref firstV, n);
            var recovery = Vector512.LoadUnsafe(ref firstU, n);
            var constant = Vector512.Create(140.0) - recovery + Vector512.LoadUnsafe(ref input, n);
            for (int half = 0; half < 2; half++)
                potential += ((potential * 0.04 + Vector512.Create(5.0)) * potential + constant) * halfTick;
            potential.StoreUnsafe(ref firstV, n);
            (recovery + (potential * b - recovery) * rate).StoreUnsafe(ref firstU, n);
        }
    }
}
