using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace ActorSnn.Networks;

/// <summary>A spike of one neuron at one tick.</summary>
/// <param name="Tick">Tick of emission, from 0.</param>
/// <param name="Neuron">Index in the population, from 0.</param>
public readonly record struct Spike(long Tick, int Neuron) : IComparable<Spike>
{
    /// <summary>Orders by tick, then neuron.</summary>
    public int CompareTo(Spike other) => Tick != other.Tick ? Tick.CompareTo(other.Tick) : Neuron.CompareTo(other.Neuron);
}

/// <summary>A graded spike of one neuron at one tick.</summary>
/// <param name="Tick">Tick of emission, from 0.</param>
/// <param name="Neuron">Index in the population, from 0.</param>
/// <param name="Grade">What it carries; finite.</param>
public readonly record struct GradedSpike(long Tick, int Neuron, float Grade);

/// <summary>A source that emits a given list of spikes, graded or not. The list is kept sorted by tick, then neuron.</summary>
public sealed record SpikeArraySource : NeuronModel
{
    /// <summary>Creates the source; a neuron listed twice for one tick emits one spike.</summary>
    /// <param name="spikes">The spikes, in any order.</param>
    public SpikeArraySource(IEnumerable<Spike> spikes) => Spikes = [.. spikes.Distinct().Order()];

    /// <summary>Creates the source from (tick, neuron) pairs.</summary>
    public SpikeArraySource(params (long Tick, int Neuron)[] spikes)
        : this(spikes.Select(s => new Spike(s.Tick, s.Neuron))) { }

    private SpikeArraySource(ImmutableArray<Spike> sorted, ImmutableArray<float>? grades) => (Spikes, Grades) = (sorted, grades);

    /// <summary>Creates a source of graded spikes.</summary>
    /// <param name="spikes">The spikes, in any order. One that is listed twice is emitted once; a neuron has one grade a tick.</param>
    public static SpikeArraySource Graded(IEnumerable<GradedSpike> spikes)
    {
        GradedSpike[] sorted =
            [.. spikes.DistinctBy(s => (s.Tick, s.Neuron, BitConverter.SingleToInt32Bits(s.Grade))).OrderBy(s => s.Tick).ThenBy(s => s.Neuron)];
        return new SpikeArraySource([.. sorted.Select(s => new Spike(s.Tick, s.Neuron))], [.. sorted.Select(s => s.Grade)]);
    }

    /// <summary>Creates a source of graded spikes from (tick, neuron, grade).</summary>
    public static SpikeArraySource Graded(params (long Tick, int Neuron, float Grade)[] spikes) =>
        Graded(spikes.Select(s => new GradedSpike(s.Tick, s.Neuron, s.Grade)));

    /// <summary>Creates the source from spikes that ascend strictly by tick, then neuron, and their grades, if they have any.</summary>
    internal static SpikeArraySource OfSorted(ImmutableArray<Spike> spikes, ImmutableArray<float>? grades) => new(spikes, grades);

    /// <summary>The spikes, sorted by tick, then neuron.</summary>
    public ImmutableArray<Spike> Spikes { get; }

    /// <summary>The grade of each spike; null where they have none.</summary>
    public ImmutableArray<float>? Grades { get; }

    /// <inheritdoc/>
    public override bool IsGraded => Grades is not null;

    /// <inheritdoc/>
    public override string Name => "spike-array";

    /// <inheritdoc/>
    public override bool IsSource => true;

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs)
    {
        foreach (var spike in Spikes)
        {
            if (spike.Tick < 0)
                throw new NetworkException($"{field}.spikes", $"a spike at tick {spike.Tick}; ticks count from 0");
            if ((uint)spike.Neuron >= (uint)size)
                throw new NetworkException($"{field}.spikes", $"a spike of neuron {spike.Neuron} in a population of {size}");
        }
        if (Grades is { } grades) ValidateGrades(field, grades.AsSpan());
    }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer)
    {
        writer.Write(Name).Write(Spikes.Length);
        foreach (var spike in Spikes) writer.Write(spike.Tick).Write(spike.Neuron);
        if (Grades is { } grades) writer.Write("grades").Write(MemoryMarshal.AsBytes(grades.AsSpan()));
    }

    private void ValidateGrades(string field, ReadOnlySpan<float> grades)
    {
        for (int i = 0; i < grades.Length; i++)
        {
            string Which() => $"neuron {Spikes[i].Neuron} at tick {Spikes[i].Tick}";
            if (!float.IsFinite(grades[i])) throw new NetworkException($"{field}.grades", $"{grades[i]} of {Which()} is not a finite number");
            if (i > 0 && Spikes[i] == Spikes[i - 1]) throw new NetworkException($"{field}.grades", $"{grades[i - 1]} and {grades[i]} of {Which()}; give one");
        }
    }
}
