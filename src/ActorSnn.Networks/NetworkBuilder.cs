using System.Collections.Immutable;

namespace ActorSnn.Networks;

/// <summary>Builds a <see cref="Network"/> step by step; every step is checked at once and names the field that is wrong.</summary>
public sealed class NetworkBuilder
{
    /// <summary>Most neurons a population may have.</summary>
    public const int MaxPopulationSize = 100_000_000;

    private readonly string _name;
    private readonly ulong _seed;
    private readonly double _timeStepMs;
    private readonly List<Population> _populations = [];
    private readonly List<Projection> _projections = [];
    private readonly List<PoissonInput> _inputs = [];
    private readonly List<Probe> _probes = [];
    private readonly Dictionary<string, Population> _byName = [];
    private readonly HashSet<string> _projectionNames = [];
    private readonly HashSet<string> _inputNames = [];
    private readonly HashSet<string> _probeNames = [];

    /// <summary>Starts a network.</summary>
    /// <param name="name">Name, for people.</param>
    /// <param name="seed">Seed of everything drawn at random.</param>
    /// <param name="timeStepMs">Length of a tick in milliseconds.</param>
    /// <exception cref="NetworkException">The time step is not a positive number.</exception>
    public NetworkBuilder(string name, ulong seed = 1, double timeStepMs = 1)
    {
        if (!(timeStepMs > 0) || !double.IsFinite(timeStepMs))
            throw new NetworkException("timeStepMs", $"{timeStepMs} is not a length of time; give a positive number of milliseconds");
        (_name, _seed, _timeStepMs) = (name, seed, timeStepMs);
    }

    /// <summary>Adds a population.</summary>
    /// <param name="name">Unique name.</param>
    /// <param name="size">Number of neurons, at least 1.</param>
    /// <param name="model">Neuron model or source.</param>
    /// <exception cref="NetworkException">A field is wrong.</exception>
    public NetworkBuilder AddPopulation(string name, int size, NeuronModel model)
    {
        string field = $"populations[\"{name}\"]";
        if (string.IsNullOrWhiteSpace(name)) throw new NetworkException(field, "the name is empty");
        if (size is < 1 or > MaxPopulationSize) throw new NetworkException($"{field}.size", $"{size}; give 1 to {MaxPopulationSize}");
        model.Validate(field, size, _timeStepMs);
        var population = new Population(_populations.Count, name, size, model);
        if (!_byName.TryAdd(name, population)) throw new NetworkException(field, "there is already a population of this name");
        _populations.Add(population);
        return this;
    }

    /// <summary>Adds a projection between populations that are already there.</summary>
    /// <param name="source">Name of the population the spikes come from.</param>
    /// <param name="target">Name of the population they act on.</param>
    /// <param name="connectivity">Which pairs have a synapse.</param>
    /// <param name="weight">Weights, in the unit of the target's model.</param>
    /// <param name="delay">Delays; one tick when omitted.</param>
    /// <param name="learning">Rule of a plastic projection; null for a fixed one.</param>
    /// <param name="name">Unique name; when omitted <c>source-&gt;target</c>, numbered <c>#2</c>, <c>#3</c> … when there are several.</param>
    /// <exception cref="NetworkException">A field is wrong.</exception>
    public NetworkBuilder AddProjection(
        string source, string target, Connectivity connectivity, Weight weight, Delay? delay = null, LearningRule? learning = null, string? name = null)
    {
        if (name is null)
        {
            name = $"{source}->{target}";
            for (int i = 2; _projectionNames.Contains(name); i++) name = $"{source}->{target}#{i}";
        }
        string field = $"projections[\"{name}\"]";
        if (!_byName.TryGetValue(source, out var from)) throw new NetworkException($"{field}.source", $"there is no population \"{source}\"");
        if (!_byName.TryGetValue(target, out var to)) throw new NetworkException($"{field}.target", $"there is no population \"{target}\"");
        if (to.Model.IsSource) throw new NetworkException($"{field}.target", $"\"{target}\" is a source and takes no synapses");
        var projection = new Projection(_projections.Count, name, from.Index, to.Index, connectivity, weight, delay ?? Delay.One, learning);
        connectivity.Validate(field, from, to);
        projection.Delay.Validate($"{field}.delay");
        weight.Validate($"{field}.weight", projection, from, to);
        learning?.Validate(field, projection, to);
        if (!_projectionNames.Add(name)) throw new NetworkException(field, "there is already a projection of this name");
        _projections.Add(projection);
        return this;
    }

    /// <summary>Adds noise for a population that is already there; its model has real-valued weights.</summary>
    /// <param name="target">Name of the population.</param>
    /// <param name="rateHz">Mean rate of each neuron's train, in spikes per second.</param>
    /// <param name="weight">Weight of each spike, in the unit of the target's model.</param>
    /// <param name="name">Unique name; when omitted <c>noise-&gt;target</c>, numbered <c>#2</c>, <c>#3</c> … when there are several.</param>
    /// <exception cref="NetworkException">A field is wrong.</exception>
    public NetworkBuilder AddPoissonInput(string target, double rateHz, double weight, string? name = null)
    {
        if (name is null)
        {
            name = $"noise->{target}";
            for (int i = 2; _inputNames.Contains(name); i++) name = $"noise->{target}#{i}";
        }
        string field = $"inputs[\"{name}\"]";
        if (!_byName.TryGetValue(target, out var to)) throw new NetworkException($"{field}.target", $"there is no population \"{target}\"");
        if (to.Model is not RealNeuronModel)
            throw new NetworkException($"{field}.target", $"\"{target}\" is of model {to.Model.Name}; an input acts on neurons with real-valued weights");
        var input = new PoissonInput(_inputs.Count, name, to.Index, rateHz, weight);
        double most = PoissonInput.MostSpikesPerTick / (_timeStepMs * 1e-3);
        if (!(rateHz >= 0) || rateHz > most)
            throw new NetworkException($"{field}.rateHz", $"{rateHz} is not a rate; give 0 to {most:0} spikes per second at ticks of {_timeStepMs} ms");
        ModelChecks.Finite($"{field}.weight", weight);
        if (!_inputNames.Add(name)) throw new NetworkException(field, "there is already an input of this name");
        _inputs.Add(input);
        return this;
    }

    /// <summary>Adds a probe of a population that is already there.</summary>
    /// <exception cref="NetworkException">A field is wrong.</exception>
    public NetworkBuilder AddProbe(Probe probe)
    {
        string field = $"probes[\"{probe.Name}\"]";
        if (!_byName.TryGetValue(probe.Population, out var population))
            throw new NetworkException($"{field}.population", $"there is no population \"{probe.Population}\"");
        probe.Validate(field, population);
        if (probe is PotentialProbe && _probes.Any(p => p is PotentialProbe && p.Population == probe.Population))
            throw new NetworkException($"{field}.population", $"\"{probe.Population}\" already has a potential probe; one is enough");
        if (!_probeNames.Add(probe.Name)) throw new NetworkException(field, "there is already a probe of this name");
        _probes.Add(probe);
        return this;
    }

    /// <summary>The finished network.</summary>
    /// <exception cref="NetworkException">It has no population, or integer weights whose sums do not fit into 32 bits.</exception>
    public Network Build()
    {
        if (_populations.Count == 0) throw new NetworkException("populations", "there is none; add at least one");
        foreach (var population in _populations) RequireSumsFit(population);
        return new Network(_name, _seed, _timeStepMs, [.. _populations], [.. _projections], [.. _inputs], [.. _probes]);
    }

    /// <summary>Integer drives are summed in 32 bits: whatever spikes at once must fit.</summary>
    private void RequireSumsFit(Population population)
    {
        if (!population.Model.HasIntegerWeights) return;
        double most = population.Model is GatedThresholdNeuron model ? Math.Abs((double)model.Bias) : 0;
        foreach (var projection in _projections.Where(p => p.Target == population.Index))
        {
            double largest = projection.Learning is null ? projection.Weight.LargestMagnitude : projection.Learning.LargestMagnitude;
            most += largest * projection.Connectivity.MostSynapsesOntoOne(_populations[projection.Source].Size);
            if (most > int.MaxValue)
                throw new NetworkException($"projections[\"{projection.Name}\"].weight",
                    $"with all inputs of \"{population.Name}\" at once the drive can reach {most:0}, beyond 32 bits; give smaller weights or fewer synapses");
        }
    }
}
