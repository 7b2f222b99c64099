using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// Lets the weights of one afferent break. Weights that learn are part of the state, with whatever has flipped in them. Those that do not are restored from
/// what they were, by letting everything happen again: it depends on the tick alone.
/// </summary>
internal sealed class WeightFaults
{
    private readonly IWeightMemory _memory;
    private readonly int _bits;
    private readonly Happening[] _happenings;
    private readonly Dictionary<int, (uint Mask, uint Value)> _stuck = [];
    private readonly Dictionary<int, uint>? _originals;
    private readonly HashSet<int> _touched = [];
    private readonly (long[] Numbers, int[] Places) _byNumber;

    private WeightFaults(Network network, Slice slice, IWeightMemory memory)
    {
        var projection = memory.Projection;
        _memory = memory;
        _bits = WeightBits.Of(projection, network.Populations[projection.Target]);
        if (!projection.IsPlastic) _originals = [];
        var synapses = Synapses.Numbered(network, projection, slice).OrderBy(s => s.Source).ThenBy(s => Synapses.DelayOf(network, projection, s.Number)).ThenBy(s => s.Number)
            .Select((s, order) => new Drawn(s.Source, s.Target, s.Number, memory.PlaceOf(order, s.Source, s.Target - slice.Start))).ToArray();
        _happenings = [.. network.FaultsOf(projection).Select(f => HappeningOf(network, projection, f.Place, f.Fault, synapses))];
        if (_happenings.Any(h => h.Fault is FlipWeightBitsAtRate))
        {
            _byNumber = ([.. synapses.Select(s => s.Number)], [.. synapses.Select(s => s.Place)]);
            Array.Sort(_byNumber.Numbers, _byNumber.Places);
        }
    }

    /// <summary>Joins an afferent with its faults, where it has any.</summary>
    /// <returns>The faults; null for none.</returns>
    public static WeightFaults? Of(Network network, Slice slice, IWeightMemory memory)
    {
        if (!network.FaultsOf(memory.Projection).Any()) return null;
        var faults = new WeightFaults(network, slice, memory);
        memory.Faults = faults;
        return faults;
    }

    /// <summary>The first tick from one on at which something happens; <see cref="long.MaxValue"/> for none.</summary>
    public long NextAt(long tick)
    {
        long next = long.MaxValue;
        foreach (var happening in _happenings)
        {
            long own = Math.Max(tick, happening.FirstTick);
            if (own <= happening.LastTick) next = Math.Min(next, own);
        }
        return next;
    }

    /// <summary>Lets happen what happens at the start of a tick.</summary>
    public void HappenAt(long tick)
    {
        _touched.Clear();
        Flip(tick);
        Stick(tick);
        foreach (int place in _touched) HoldStuck(place);
    }

    /// <summary>Holds what is stuck after synapses have learned.</summary>
    public void HoldStuck()
    {
        foreach (var (place, (mask, value)) in _stuck) _memory.Write(place, (_memory.Read(place) & ~mask) | value);
    }

    /// <summary>Takes up the faults as they are after a tick; weights that learn have been restored already.</summary>
    public void Restore(long tick)
    {
        _stuck.Clear();
        _touched.Clear();
        if (_originals is not null)
        {
            foreach (var (place, bits) in _originals) _memory.Write(place, bits);
            for (long past = NextAt(0); past <= tick; past = NextAt(past + 1)) Flip(past);
        }
        for (long past = NextAt(0); past <= tick; past = NextAt(past + 1)) Stick(past);
        if (_originals is not null) HoldStuck();
    }

    private static Happening HappeningOf(Network network, Projection projection, int place, WeightFault fault, Drawn[] synapses)
    {
        int bits = WeightBits.Of(projection, network.Populations[projection.Target]);
        switch (fault)
        {
            case FlipWeightBits flip:
                return new Happening(place, fault, flip.Tick, flip.Tick, Hit(flip.Synapses, flip.Bit, place, projection, bits, synapses));
            case StickWeightBits stick:
                return new Happening(place, fault, stick.FirstTick, stick.FirstTick, Hit(stick.Synapses, stick.Bit, place, projection, bits, synapses));
            case FlipWeightBitsAtRate rate:
                var random = new CounterRandom(rate.Seed, RandomPurpose.WeightFlip, projection.Index);
                int sources = network.Populations[projection.Source].Size;
                int targets = network.Populations[projection.Target].Size;
                ulong numbers = projection.Connectivity is Connectivity.RandomConnectivity
                    ? (ulong)sources * (ulong)targets
                    : (ulong)projection.Connectivity.ExpectedSynapses(sources, targets);
                return new Happening(place, fault, rate.FirstTick, numbers == 0 ? -1 : rate.LastTick ?? long.MaxValue, [])
                {
                    Random = random,
                    Sums = PartialSums(rate.DrawsPerTick(projection)),
                    Numbers = numbers,
                };
            default: throw new ArgumentException(fault.GetType().Name, nameof(fault));
        }
    }

    /// <summary>The probabilities of at most 0, 1, 2 … events, up to where rounding leaves no more.</summary>
    private static double[] PartialSums(double mean)
    {
        var sums = new List<double>();
        double term = PortableMath.Exp(-mean);
        double sum = term;
        for (int k = 1; sums.Count == 0 || sum > sums[^1] || k < mean; k++)
        {
            sums.Add(sum);
            term *= mean / k;
            sum += term;
        }
        return [.. sums];
    }

    private static (int Place, uint Mask)[] Hit(SynapseTarget target, int? bit, int place, Projection projection, int bits, Drawn[] synapses)
    {
        if (target.Pairs is { } pairs)
        {
            var given = pairs.ToHashSet();
            return [.. synapses.Where(s => given.Contains((s.Source, s.Target))).Select(s => (s.Place, 1u << bit!.Value))];
        }
        var random = new CounterRandom(target.Seed, RandomPurpose.WeightFault, projection.Index);
        var hit = new List<(int, uint)>();
        var (first, last) = (bit ?? 0, bit ?? bits - 1);
        foreach (var synapse in synapses)
        {
            uint mask = 0;
            for (int b = first; b <= last; b++)
            {
                if (random.Uniform(32 * synapse.Number + b, place) < target.Share) mask |= 1u << b;
            }
            if (mask != 0) hit.Add((synapse.Place, mask));
        }
        return [.. hit];
    }

    private void Flip(long tick)
    {
        foreach (var happening in _happenings)
        {
            if (tick < happening.FirstTick || tick > happening.LastTick) continue;
            if (happening.Fault is FlipWeightBits)
            {
                foreach (var (place, mask) in happening.Hit) Flip(place, mask);
            }
            else if (happening.Fault is FlipWeightBitsAtRate rate)
            {
                FlipAtRate(happening, rate, tick);
            }
        }
    }

    private void FlipAtRate(Happening happening, FlipWeightBitsAtRate rate, long tick)
    {
        long element = (long)happening.Place << 32;
        double u = happening.Random.Uniform(element, tick);
        for (int i = 0; i < happening.Sums.Length && happening.Sums[i] <= u; i++)
        {
            long number = (long)Math.BigMul(happening.Random.Bits(element + 2 * i + 1, tick), happening.Numbers, out _);
            int bit = rate.Bit ?? happening.Random.Below(_bits, element + 2 * i + 2, tick);
            int at = Array.BinarySearch(_byNumber.Numbers, number);
            if (at >= 0) Flip(_byNumber.Places[at], 1u << bit);
        }
    }

    private void Flip(int place, uint mask)
    {
        uint bits = _memory.Read(place);
        _originals?.TryAdd(place, bits);
        _memory.Write(place, bits ^ mask);
        _touched.Add(place);
    }

    private void Stick(long tick)
    {
        foreach (var happening in _happenings)
        {
            if (happening.FirstTick != tick || happening.Fault is not StickWeightBits fault) continue;
            foreach (var (place, mask) in happening.Hit)
            {
                _originals?.TryAdd(place, _memory.Read(place));
                var (before, value) = _stuck.GetValueOrDefault(place);
                _stuck[place] = (before | mask, (value & ~mask) | (fault.Value ? mask : 0));
                _touched.Add(place);
            }
        }
    }

    private void HoldStuck(int place)
    {
        if (_stuck.TryGetValue(place, out var stuck)) _memory.Write(place, (_memory.Read(place) & ~stuck.Mask) | stuck.Value);
    }

    private readonly record struct Drawn(int Source, int Target, long Number, int Place);

    /// <summary>What a fault does to the afferent, from a tick to a tick: once, or, at a rate, at every one of them.</summary>
    private sealed record Happening(int Place, WeightFault Fault, long FirstTick, long LastTick, (int Place, uint Mask)[] Hit)
    {
        public CounterRandom Random { get; init; }

        /// <summary>Of the distribution of the number of flips in a tick.</summary>
        public double[] Sums { get; init; } = [];

        /// <summary>Numbers that synapses may have.</summary>
        public ulong Numbers { get; init; }
    }
}
