using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ActorSnn.Cores.Kernels;

/// <summary>Constants of a tick of conductance neurons.</summary>
/// <param name="TicksPerTau">Length of a tick over the membrane time constant.</param>
/// <param name="Rest">Resting potential plus bias, in mV.</param>
/// <param name="ReversalE">Excitatory reversal potential, in mV.</param>
/// <param name="ReversalI">Inhibitory reversal potential, in mV.</param>
/// <param name="HalfE">Decay of the excitatory conductance over half a tick.</param>
/// <param name="HalfI">Decay of the inhibitory conductance over half a tick.</param>
/// <param name="FullE">Decay of the excitatory conductance over a tick.</param>
/// <param name="FullI">Decay of the inhibitory conductance over a tick.</param>
internal readonly record struct ConductanceStep(
    double TicksPerTau, double Rest, double ReversalE, double ReversalI, double HalfE, double HalfI, double FullE, double FullI);

/// <summary>Kernels of neurons with conductance synapses. Buffers are padded to a multiple of 8 elements.</summary>
internal static class ConductanceKernels
{
    /// <summary>
    /// One tick of <c>tau dV/dt = Rest - V + g_e (E_e - V) + g_i (E_i - V)</c> with the conductances of its middle, exactly, and their decay over the whole tick.
    /// </summary>
    public static void Advance(Span<double> v, Span<double> e, Span<double> i, in ConductanceStep step)
    {
        ref double firstV = ref MemoryMarshal.GetReference(v);
        ref double firstE = ref MemoryMarshal.GetReference(e);
        ref double firstI = ref MemoryMarshal.GetReference(i);
        var one = Vector512<double>.One;
        var ticksPerTau = Vector512.Create(step.TicksPerTau);
        var rest = Vector512.Create(step.Rest);
        var reversalE = Vector512.Create(step.ReversalE);
        var reversalI = Vector512.Create(step.ReversalI);
        var halfE = Vector512.Create(step.HalfE);
        var halfI = Vector512.Create(step.HalfI);
        var fullE = Vector512.Create(step.FullE);
        var fullI = Vector512.Create(step.FullI);
        for (nuint n = 0; n < (nuint)v.Length; n += 8)
        {
            var ge = Vector512.LoadUnsafe(ref firstE, n);
            var gi = Vector512.LoadUnsafe(ref firstI, n);
            var middleE = ge * halfE;
            var middleI = gi * halfI;
            var total = one + middleE + middleI;
            var goal = (rest + middleE * reversalE + middleI * reversalI) / total;
            var potential = Vector512.LoadUnsafe(ref firstV, n);
            (goal + (potential - goal) * ExpOfMinus(total * ticksPerTau)).StoreUnsafe(ref firstV, n);
            (ge * fullE).StoreUnsafe(ref firstE, n);
            (gi * fullI).StoreUnsafe(ref firstI, n);
        }
    }

    /// <summary>exp(-x) for x &gt;= 0 to about 1e-15, from additions and multiplications alone; at least exp(-700).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> ExpOfMinus(Vector512<double> x)
    {
        // x = k ln 2 + r, |r| <= ln 2 / 2. Adding 1.5 * 2^52 rounds to a whole number and leaves it in the low bits.
        const double Rounder = 6755399441055744.0;
        x = Vector512.Min(x, Vector512.Create(700.0));
        var shifted = x * 1.4426950408889634 + Vector512.Create(Rounder);
        var k = shifted - Vector512.Create(Rounder);
        var r = k * 6.93147180369123816490e-01 - x + k * 1.90821492927058770002e-10;
        // Taylor's series of exp(r), |r| <= 0.35, by Horner's rule.
        var sum = Vector512.Create(1.0 / 479001600);
        sum = sum * r + Vector512.Create(1.0 / 39916800);
        sum = sum * r + Vector512.Create(1.0 / 3628800);
        sum = sum * r + Vector512.Create(1.0 / 362880);
        sum = sum * r + Vector512.Create(1.0 / 40320);
        sum = sum * r + Vector512.Create(1.0 / 5040);
        sum = sum * r + Vector512.Create(1.0 / 720);
        sum = sum * r + Vector512.Create(1.0 / 120);
        sum = sum * r + Vector512.Create(1.0 / 24);
        sum = sum * r + Vector512.Create(1.0 / 6);
        sum = sum * r + Vector512.Create(0.5);
        sum = sum * r + Vector512<double>.One;
        sum = sum * r + Vector512<double>.One;
        // Times 2^-k: k is taken from the exponent.
        var exponent = (shifted.AsInt64() << 52);
        return (sum.AsInt64() - exponent).AsDouble();
    }
}
