using System.Numerics;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// The spikes of one population as one projection sees them in <see cref="DelayedTiming"/>: each at its tick of emission plus what was added on the way, with its grade if it has one.
/// Fed by the history of what was emitted; everything is drawn from the spike itself, so it is the same on every core and after every restart. Of two spikes of a neuron that arrive at the
/// same tick the one emitted first counts: spikes of a neuron come in the order of their emission, also after a restart.
/// </summary>
internal sealed class DelayedSpikes
{
    private readonly CounterRandom _random;
    private readonly (int Index, Disturbance Disturbance)[] _disturbances;

    /// <param name="network">The network.</param>
    /// <param name="projection">The projection that sees it.</param>
    /// <param name="seen">Keeps what arrives.</param>
    public DelayedSpikes(Network network, Projection projection, SpikeHistory seen)
    {
        Seen = seen;
        var timing = network.Timing!;
        _random = new CounterRandom(timing.Seed, RandomPurpose.Travel, projection.Index);
        _disturbances = [.. timing.Disturbances.Index().Where(d => d.Item.Concerns(projection.Name))];
    }

    /// <summary>What arrives, by the tick from which its delay counts.</summary>
    public SpikeHistory Seen { get; }

    /// <summary>Takes spikes that were emitted, by tick, and makes what listens due when they arrive.</summary>
    /// <param name="tick">Tick of emission.</param>
    /// <param name="start">First neuron of the slice they are of.</param>
    /// <param name="spikes">The spikes.</param>
    /// <param name="now">The last tick run: what would have acted by then does not become due; <see cref="SpikeHistory.NoTick"/> when all is still to come.</param>
    public void Take(long tick, int start, SpikeSet spikes, long now)
    {
        for (int i = 0; i < spikes.Indices.Length; i++) Send(tick, start + spikes.Indices[i], spikes.IsGraded ? spikes.Grades[i] : 0, now);
        for (int w = 0; w < spikes.Bits.Length; w++)
        {
            for (ulong word = spikes.Bits[w]; word != 0; word &= word - 1) Send(tick, start + (w << 6) + BitOperations.TrailingZeroCount(word), 0, now);
        }
    }

    private void Send(long tick, int neuron, float grade, long now)
    {
        Travel(tick, neuron, grade, copy: 0, now);
        foreach (var (index, disturbance) in _disturbances)
        {
            if (disturbance.Duplication > 0 && disturbance.IsInEffect(tick) && Happens(disturbance.Duplication, neuron, 0, index, 0, tick))
                Travel(tick, neuron, grade, index + 1, now);
        }
    }

    private void Travel(long tick, int neuron, float grade, int copy, long now)
    {
        long arrival = tick;
        foreach (var (index, disturbance) in _disturbances)
        {
            if (!disturbance.IsInEffect(tick)) continue;
            if (Happens(disturbance.Loss, neuron, copy, index, 1, tick)) return;
            if (!Happens(disturbance.Delayed, neuron, copy, index, 2, tick)) continue;
            arrival += disturbance.LatencyTicks;
            if (disturbance.JitterTicks > 0) arrival += _random.Below(disturbance.JitterTicks + 1, Element(neuron, copy, index, 3), tick);
        }
        Seen.AddLate(arrival, tick, neuron, grade, now);
    }

    private bool Happens(double probability, int neuron, int copy, int disturbance, int kind, long tick) =>
        probability > 0 && (probability >= 1 || _random.Uniform(Element(neuron, copy, disturbance, kind), tick) < probability);

    private static long Element(int neuron, int copy, int disturbance, int kind) =>
        neuron + ((((long)copy * 1024 + disturbance) * 4 + kind) << 32);
}
