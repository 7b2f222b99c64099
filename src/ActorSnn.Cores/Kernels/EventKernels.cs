using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ActorSnn.Cores.Kernels;

/// <summary>Loops over the synapses of a spike.</summary>
internal static class EventKernels
{
    /// <summary>Adds one to the count of each target.</summary>
    /// <param name="counts">One a neuron of the slice.</param>
    /// <param name="targets">Indices below the length of <paramref name="counts"/>: drawn, and never changed.</param>
    public static void Count(Span<ushort> counts, ReadOnlySpan<ushort> targets)
    {
        ref ushort first = ref MemoryMarshal.GetReference(counts);
        ref ushort target = ref MemoryMarshal.GetReference(targets);
        nint i = 0;
        nint count = targets.Length;
        for (; i + 4 <= count; i += 4)
        {
            ulong four = Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<ushort, byte>(ref Unsafe.Add(ref target, i)));
            Unsafe.Add(ref first, (nint)(four & 0xFFFF))++;
            Unsafe.Add(ref first, (nint)(four >> 16 & 0xFFFF))++;
            Unsafe.Add(ref first, (nint)(four >> 32 & 0xFFFF))++;
            Unsafe.Add(ref first, (nint)(four >> 48))++;
        }
        for (; i < count; i++) Unsafe.Add(ref first, (nint)Unsafe.Add(ref target, i))++;
    }

    /// <summary>As <see cref="Count"/>, and lists each target whose count was zero.</summary>
    /// <param name="counts">One a neuron of the slice.</param>
    /// <param name="targets">Indices below the length of <paramref name="counts"/>.</param>
    /// <param name="touched">The list; room for every neuron and one more.</param>
    /// <param name="listed">Entries it has.</param>
    /// <returns>Entries it has now.</returns>
    public static int CountTracked(Span<ushort> counts, ReadOnlySpan<ushort> targets, Span<int> touched, int listed)
    {
        ref ushort first = ref MemoryMarshal.GetReference(counts);
        ref int list = ref MemoryMarshal.GetReference(touched);
        foreach (ushort target in targets)
        {
            ref ushort count = ref Unsafe.Add(ref first, (nint)target);
            Unsafe.Add(ref list, listed) = target;
            if (count == 0) listed++;
            count++;
        }
        return listed;
    }
}
