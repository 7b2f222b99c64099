using System.Collections.Immutable;

namespace ActorSnn.Networks;

/// <summary>
/// Neurons that a fault hits: given ones, or each with a probability. Neuron n of population p is hit by the fault at place f in the network's list if
/// <c>CounterRandom(Seed, RandomPurpose.NeuronFault, p).Uniform(n, f)</c> is below the share: with a larger share the same ones are hit and more.
/// </summary>
/// <param name="Populations">Name of the population, or a pattern with <c>*</c> and <c>?</c>.</param>
/// <param name="Share">Probability with which each neuron is hit.</param>
/// <param name="Seed">Seed of the draws.</param>
/// <param name="Neurons">The neurons that are hit; null to draw them.</param>
public sealed record NeuronTarget(string Populations, double Share = 1, ulong Seed = 1, ImmutableArray<int>? Neurons = null)
{
    /// <summary>Whether neurons of a population may be hit.</summary>
    public bool Concerns(Population population) => NamePattern.Matches(Populations, population.Name);

    internal void Validate(string field)
    {
        FaultChecks.Name($"{field}.populations", Populations);
        FaultChecks.Probability($"{field}.share", Share);
        if (Neurons is not null && Share != 1) throw new NetworkException($"{field}.share", $"{Share} beside given neurons; give one of them");
        if (Neurons is { IsDefaultOrEmpty: true }) throw new NetworkException($"{field}.neurons", "there is none; give at least one");
    }

    internal void Validate(string field, IReadOnlyList<Population> populations)
    {
        NamePattern.RequireMatch($"{field}.populations", Populations, "population", [.. populations.Select(p => p.Name)]);
        foreach (var population in populations.Where(Concerns))
        {
            foreach (int neuron in Neurons ?? [])
            {
                if ((uint)neuron >= (uint)population.Size)
                    throw new NetworkException($"{field}.neurons", $"neuron {neuron} of \"{population.Name}\"; it has {population.Size}, counted from 0");
            }
        }
    }

    internal void WriteTo(CanonicalWriter writer)
    {
        writer.Write(Populations).Write(Share).Write((long)Seed).Write(Neurons?.Length ?? -1);
        foreach (int neuron in Neurons ?? []) writer.Write(neuron);
    }
}

/// <summary>
/// Synapses that a fault hits: those between given neurons, or each with a probability. Bit b of synapse s of projection p is hit by the fault at place f in the network's
/// list if <c>CounterRandom(Seed, RandomPurpose.WeightFault, p).Uniform(32 s + b, f)</c> is below the share; s is source * targets + target for dense and random
/// synapses, target * in-degree + k, source * out-degree + k, the place in a list of pairs, or the neuron.
/// </summary>
/// <param name="Projections">Name of the projection, or a pattern with <c>*</c> and <c>?</c>, which stands for those whose weights have such bits.</param>
/// <param name="Share">Probability with which each is hit: each synapse where the bit is given, else each bit.</param>
/// <param name="Seed">Seed of the draws.</param>
/// <param name="Pairs">Source and target neuron of the synapses that are hit; null to draw them.</param>
public sealed record SynapseTarget(string Projections, double Share = 1, ulong Seed = 1, ImmutableArray<(int Source, int Target)>? Pairs = null)
{
    internal void Validate(string field, int? bit)
    {
        FaultChecks.Name($"{field}.projections", Projections);
        FaultChecks.Probability($"{field}.share", Share);
        if (Pairs is null) return;
        if (Share != 1) throw new NetworkException($"{field}.share", $"{Share} beside given synapses; give one of them");
        if (Pairs is { IsDefaultOrEmpty: true }) throw new NetworkException($"{field}.synapses", "there is none; give at least one");
        if (bit is null) throw new NetworkException($"{field}.bit", "is missing; where synapses are given it has to be said which bit");
    }

    internal void Validate(string field, IReadOnlyList<Population> populations, IEnumerable<Projection> projections)
    {
        foreach (var projection in projections)
        {
            var (from, to) = (populations[projection.Source], populations[projection.Target]);
            foreach (var (source, target) in Pairs ?? [])
            {
                if ((uint)source >= (uint)from.Size || (uint)target >= (uint)to.Size)
                {
                    throw new NetworkException($"{field}.synapses",
                        $"[{source}, {target}] of \"{projection.Name}\"; it goes from {from.Size} neurons onto {to.Size}, counted from 0");
                }
            }
        }
    }

    internal void WriteTo(CanonicalWriter writer)
    {
        writer.Write(Projections).Write(Share).Write((long)Seed).Write(Pairs?.Length ?? -1);
        foreach (var (source, target) in Pairs ?? []) writer.Write(source).Write(target);
    }
}
