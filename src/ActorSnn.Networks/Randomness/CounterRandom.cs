using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ActorSnn.Networks;

/// <summary>What a random number is for; numbers of different purposes never coincide.</summary>
public enum RandomPurpose
{
    /// <summary>Spikes of a Poisson source: one draw a neuron and tick.</summary>
    PoissonSpike = 1,

    /// <summary>Which synapses exist.</summary>
    Connectivity = 2,

    /// <summary>Initial weights.</summary>
    Weight = 3,

    /// <summary>Delays.</summary>
    Delay = 4,

    /// <summary>Order of samples.</summary>
    SampleOrder = 5,

    /// <summary>State of neurons before tick 0.</summary>
    InitialValue = 6,

    /// <summary>Spikes of a Poisson input.</summary>
    PoissonInput = 7,

    /// <summary>What happens to spikes on their way in delayed timing.</summary>
    Travel = 8,

    /// <summary>Which neurons a fault hits.</summary>
    NeuronFault = 9,

    /// <summary>Which bits of weights a fault hits.</summary>
    WeightFault = 10,

    /// <summary>When bits of weights flip at a rate, and which.</summary>
    WeightFlip = 11,

    /// <summary>When faults of a scenario come that come at a rate, and whom they hit.</summary>
    FaultTime = 12,

    /// <summary>What happens to frames on a link that is disturbed on purpose.</summary>
    LinkFault = 13,

    /// <summary>Spikes of a source that draws them from intensities.</summary>
    SourceSpike = 14,

    /// <summary>Forward spikes of stochastic neurons.</summary>
    NeuronSpike = 15,

    /// <summary>Who wins where one of many neurons spikes.</summary>
    Winner = 16,

    /// <summary>Backward spikes of composite neurons; where both lines draw, those of the positive one.</summary>
    BackwardSpike = 17,

    /// <summary>Backward spikes of the negative line of composite neurons, where both lines draw.</summary>
    BackwardSpikeMinus = 18,

    /// <summary>Which synapses decay.</summary>
    WeightDecay = 19,

    /// <summary>How the devices that hold weights differ, and their steps.</summary>
    Device = 20,

    /// <summary>Which neurons are left out of a sample.</summary>
    Dropout = 21,
}

/// <summary>
/// Random numbers by counter: a draw depends on (seed, purpose, entity, element, step) and on nothing that was drawn before, so any
/// core can draw its own share in any order. The generator is Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC 2011).
/// </summary>
public readonly struct CounterRandom
{
    private readonly uint _key0;
    private readonly uint _key1;

    /// <summary>The numbers of one purpose and entity.</summary>
    /// <param name="seed">Seed of the network or data set.</param>
    /// <param name="purpose">What they are for.</param>
    /// <param name="entity">Index of the population or projection.</param>
    public CounterRandom(ulong seed, RandomPurpose purpose, int entity)
    {
        var (x0, x1, _, _) = Philox(((uint)purpose, (uint)entity, 0, 0), (uint)seed, (uint)(seed >> 32));
        (_key0, _key1) = (x0, x1);
    }

    /// <summary>64 uniform bits.</summary>
    /// <param name="element">Index of the neuron or synapse.</param>
    /// <param name="step">Tick, or number of the draw.</param>
    public ulong Bits(long element, long step = 0)
    {
        var (x0, x1, _, _) = Philox(((uint)element, (uint)(element >> 32), (uint)step, (uint)(step >> 32)), _key0, _key1);
        return ((ulong)x1 << 32) | x0;
    }

    /// <summary>A uniform double in [0, 1), a multiple of 2^-53.</summary>
    /// <param name="element">Index of the neuron or synapse.</param>
    /// <param name="step">Tick, or number of the draw.</param>
    public double Uniform(long element, long step = 0) => (Bits(element, step) >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniform integer in [0, bound), unbiased to within 2^-32.</summary>
    /// <param name="bound">Upper end, exclusive, at least 1.</param>
    /// <param name="element">Index of the neuron or synapse.</param>
    /// <param name="step">Tick, or number of the draw.</param>
    public int Below(int bound, long element, long step = 0) => (int)Math.BigMul(Bits(element, step), (ulong)bound, out _);

    /// <summary>A standard normal number (Marsaglia's polar method; attempt k draws 2k and 2k + 1 of the step's own 64).</summary>
    /// <param name="element">Index of the neuron or synapse.</param>
    /// <param name="step">Tick, or number of the draw.</param>
    public double Normal(long element, long step = 0)
    {
        for (int attempt = 0; ; attempt++)
        {
            double u = 2 * Uniform(element, 64 * step + 2 * attempt) - 1;
            double v = 2 * Uniform(element, 64 * step + 2 * attempt + 1) - 1;
            double s = u * u + v * v;
            if (s < 1 && s > 0) return u * Math.Sqrt(-2 * PortableMath.Log(s) / s);
        }
    }

    /// <summary>Numbers that <see cref="Fill"/> makes in one go.</summary>
    public const int GroupSize = 64;

    /// <summary>
    /// 32 uniform bits of a stream. Word n lies in group n / 64; of the group's 16 blocks, word n % 64 is in block n % 16, place (n % 64) / 16: what 16
    /// generators side by side put out in order.
    /// </summary>
    /// <param name="stream">Index of the neuron, or tick.</param>
    /// <param name="number">Number of the word in the stream.</param>
    public uint Word(long stream, long number)
    {
        long block = (number >> 6 << 4) + (number & 15);
        var (x0, x1, x2, x3) = Philox(((uint)block, (uint)(block >> 32), (uint)stream, (uint)(stream >> 32)), _key0, _key1);
        return (number >> 4 & 3) switch { 0 => x0, 1 => x1, 2 => x2, _ => x3 };
    }

    /// <summary>The 64 words of one group of a stream, as <see cref="Word"/> gives them.</summary>
    /// <param name="stream">Index of the neuron, or tick.</param>
    /// <param name="group">Number of the group: the first word's number over 64.</param>
    /// <param name="words">Receives them.</param>
    public void Fill(long stream, long group, Span<uint> words)
    {
        long block = group << 4;
        if (!Avx512F.IsSupported || words.Length < GroupSize)
        {
            for (int i = 0; i < 16; i++)
            {
                (words[i], words[i + 16], words[i + 32], words[i + 48]) =
                    Philox(((uint)(block + i), (uint)(block >> 32), (uint)stream, (uint)(stream >> 32)), _key0, _key1);
            }
            return;
        }
        // Sixteen blocks follow each other within a multiple of 16: their upper halves are the same.
        var x0 = Vector512.Create((uint)block) + Vector512<uint>.Indices;
        var x1 = Vector512.Create((uint)(block >> 32));
        var x2 = Vector512.Create((uint)stream);
        var x3 = Vector512.Create((uint)(stream >> 32));
        uint key0 = _key0;
        uint key1 = _key1;
        var multiplier0 = Vector512.Create(0xD2511F53UL);
        var multiplier1 = Vector512.Create(0xCD9E8D57UL);
        for (int round = 0; round < 10; round++)
        {
            var (high0, low0) = Multiply(x0, multiplier0);
            var (high1, low1) = Multiply(x2, multiplier1);
            x0 = high1 ^ x1 ^ Vector512.Create(key0);
            x1 = low1;
            x2 = high0 ^ x3 ^ Vector512.Create(key1);
            x3 = low0;
            key0 += 0x9E3779B9u;
            key1 += 0xBB67AE85u;
        }
        ref uint first = ref MemoryMarshal.GetReference(words);
        x0.StoreUnsafe(ref first);
        x1.StoreUnsafe(ref first, 16);
        x2.StoreUnsafe(ref first, 32);
        x3.StoreUnsafe(ref first, 48);
    }

    /// <summary>Both halves of 16 products of 32 bits by 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<uint> High, Vector512<uint> Low) Multiply(Vector512<uint> a, Vector512<ulong> multiplier)
    {
        var odd = Vector512.Create(0xFFFFFFFF_00000000UL);
        var even = Avx512F.Multiply(a, multiplier.AsUInt32());
        var uneven = Avx512F.Multiply((a.AsUInt64() >>> 32).AsUInt32(), multiplier.AsUInt32());
        return (Vector512.ConditionalSelect(odd, uneven, even >>> 32).AsUInt32(), Vector512.ConditionalSelect(odd, uneven << 32, even).AsUInt32());
    }

    /// <summary>Philox4x32-10: ten rounds over a 128-bit counter under a 64-bit key.</summary>
    public static (uint X0, uint X1, uint X2, uint X3) Philox((uint X0, uint X1, uint X2, uint X3) counter, uint key0, uint key1)
    {
        var (x0, x1, x2, x3) = counter;
        for (int round = 0; round < 10; round++)
        {
            ulong product0 = (ulong)x0 * 0xD2511F53u;
            ulong product1 = (ulong)x2 * 0xCD9E8D57u;
            x0 = (uint)(product1 >> 32) ^ x1 ^ key0;
            x1 = (uint)product1;
            x2 = (uint)(product0 >> 32) ^ x3 ^ key1;
            x3 = (uint)product0;
            key0 += 0x9E3779B9u;
            key1 += 0xBB67AE85u;
        }
        return (x0, x1, x2, x3);
    }
}
