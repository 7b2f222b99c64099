using System.Globalization;

namespace ActorSnn.Networks;

/// <summary>Builds a <see cref="Network"/> step by step; every step is checked at once and names the field that is wrong.</summary>
public sealed class NetworkBuilder
{
    /// <summary>Most neurons a population may have.</summary>
    public const int MaxPopulationSize = 100_000_000;

    /// <summary>Most neurons and source neurons a network may have.</summary>
    public const int MaxNetworkSize = 1_000_000_000;

    /// <summary>Most synapses a network may have: at four bytes each they fill the largest memories there are.</summary>
    public const long MaxSynapses = 1L << 36;

    /// <summary>Most faults a network may have.</summary>
    public const int MaxFaults = 1000;

    /// <summary>Longest name, in characters.</summary>
    public const int MaxNameLength = 200;

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
    private long _size;
    private double _synapses;
    private readonly List<Fault> _faults = [];
    private DelayedTiming? _timing;

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

    /// <summary>Starts from a network that is already there, to add to it.</summary>
    /// <param name="network">The network; it stays as it is.</param>
    /// <param name="seed">Another seed; null for its own.</param>
    public NetworkBuilder(Network network, ulong? seed = null)
        : this(network.Name, seed ?? network.Seed, network.TimeStepMs)
    {
        foreach (var population in network.Populations) AddPopulation(population.Name, population.Size, population.Model);
        foreach (var p in network.Projections)
        {
            AddProjection(network.Populations[p.Source].Name, network.Populations[p.Target].Name, p.Connectivity, p.Weight, p.Delay, p.Learning, p.Name);
        }
        foreach (var input in network.Inputs) AddPoissonInput(network.Populations[input.Target].Name, input.RateHz, input.Weight, input.Name);
        foreach (var probe in network.Probes) AddProbe(probe);
        SetTiming(network.Timing);
        foreach (var fault in network.Faults) AddFault(fault);
    }

    /// <summary>
    /// How errors name a part of the network: by its name for who writes code, by its position for who writes a file, in which a population's model is
    /// an object of its own.
    /// </summary>
    internal bool NamesPartsByPosition { get; init; }

    /// <summary>What happens to spikes on their way, so far; null in exact timing.</summary>
    public DelayedTiming? Timing => _timing;

    /// <summary>What is broken, so far.</summary>
    public IReadOnlyList<Fault> Faults => _faults;

    private string ModelPath => NamesPartsByPosition ? ".model" : "";

    private string NamePath => NamesPartsByPosition ? ".name" : "";

    /// <summary>Adds a population.</summary>
    /// <param name="name">Unique name.</param>
    /// <param name="size">Number of neurons, at least 1.</param>
    /// <param name="model">Neuron model or source.</param>
    /// <exception cref="NetworkException">A field is wrong.</exception>
    public NetworkBuilder AddPopulation(string name, int size, NeuronModel model)
    {
        string field = PathOf("populations", _populations.Count, name);
        RequireName(field, name);
        if (size is < 1 or > MaxPopulationSize) throw new NetworkException($"{field}.size", $"{size}; give 1 to {MaxPopulationSize}");
        if (_size + size > MaxNetworkSize)
            throw new NetworkException($"{field}.size", $"{size} makes {_size + size} neurons in all; a network has at most {MaxNetworkSize}");
        model.Validate(field + ModelPath, size, _timeStepMs);
        if (model is BackwardPorts ports) RequirePorts(field, size, ports);
        if (model is PortsOf lines) FirstSpikeProjections.Validate(field, size, lines, Find($"{field}{ModelPath}.of", lines.Of));
        var population = new Population(_populations.Count, name, size, model);
        if (!_byName.TryAdd(name, population)) throw new NetworkException(field + NamePath, "there is already a population of this name");
        _populations.Add(population);
        _size += size;
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
        bool isNamed = name is not null && !IsGenerated(name, $"{source}->{target}");
        if (name is null)
        {
            name = $"{source}->{target}";
            for (int i = 2; _projectionNames.Contains(name); i++) name = $"{source}->{target}#{i}";
        }
        string field = PathOf("projections", _projections.Count, name);
        if (isNamed) RequireName(field, name);
        var from = Find($"{field}.source", source);
        var to = Find($"{field}.target", target);
        if (to.Model.IsSource) throw new NetworkException($"{field}.target", $"\"{target}\" is a source and takes no synapses");
        var projection = new Projection(_projections.Count, name, from.Index, to.Index, connectivity, weight, delay ?? Delay.One, learning);
        GradedProjections.Validate(field, projection, from, to);
        connectivity.Validate(field, from, to);
        double synapses = connectivity.ExpectedSynapses(from.Size, to.Size);
        if (_synapses + synapses > MaxSynapses)
        {
            string total = synapses > MaxSynapses ? "" : $" make {_synapses + synapses:#,0} in all";
            throw new NetworkException($"{field}.connectivity", $"{synapses:#,0} synapses of \"{name}\"{total}; a network has at most {MaxSynapses:#,0}");
        }
        if (learning is not null && synapses > Array.MaxLength)
            throw new NetworkException($"{field}.learning", $"{synapses:#,0} synapses of \"{name}\"; a plastic projection has at most {Array.MaxLength:#,0}");
        projection.Delay.Validate($"{field}.delay");
        weight.Validate($"{field}.weight", projection, from, to);
        if (to.Model is SteppedNeuronModel) RequireStepped(field, projection, from, to);
        if (to.Model is FirstSpikeModel or LatencySource) FirstSpikeProjections.Validate(field, projection, from, to);
        learning?.Validate(field, projection, to);
        if (!_projectionNames.Add(name)) throw new NetworkException(field + NamePath, "there is already a projection of this name");
        _projections.Add(projection);
        _synapses += synapses;
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
        bool isNamed = name is not null && !IsGenerated(name, $"noise->{target}");
        if (name is null)
        {
            name = $"noise->{target}";
            for (int i = 2; _inputNames.Contains(name); i++) name = $"noise->{target}#{i}";
        }
        string field = PathOf("inputs", _inputs.Count, name);
        if (isNamed) RequireName(field, name);
        var to = Find($"{field}.target", target);
        if (to.Model is not RealNeuronModel)
            throw new NetworkException($"{field}.target", $"\"{target}\" is of model {to.Model.Name}; an input acts on neurons with real-valued weights");
        var input = new PoissonInput(_inputs.Count, name, to.Index, rateHz, weight);
        double most = PoissonInput.MostSpikesPerTick / (_timeStepMs * 1e-3);
        if (!(rateHz >= 0) || rateHz > most)
            throw new NetworkException($"{field}.rateHz", $"{rateHz} is not a rate; give 0 to {most:0} spikes per second at ticks of {_timeStepMs} ms");
        ModelChecks.Finite($"{field}.weight", weight);
        if (!_inputNames.Add(name)) throw new NetworkException(field + NamePath, "there is already an input of this name");
        _inputs.Add(input);
        return this;
    }

    /// <summary>Adds a probe of a population that is already there.</summary>
    /// <exception cref="NetworkException">A field is wrong.</exception>
    public NetworkBuilder AddProbe(Probe probe)
    {
        string field = PathOf("probes", _probes.Count, probe.Name);
        RequireName(field, probe.Name);
        var population = Find($"{field}.population", probe.Population);
        probe.Validate(field, population);
        if (probe is PotentialProbe && _probes.Any(p => p is PotentialProbe && p.Population == probe.Population))
            throw new NetworkException($"{field}.population", $"\"{probe.Population}\" already has a potential probe; one is enough");
        if (!_probeNames.Add(probe.Name)) throw new NetworkException(field + NamePath, "there is already a probe of this name");
        _probes.Add(probe);
        return this;
    }

    /// <summary>Sets what happens to spikes on their way.</summary>
    /// <param name="timing">What happens; null for exact timing.</param>
    /// <exception cref="NetworkException">A number is out of range.</exception>
    public NetworkBuilder SetTiming(DelayedTiming? timing)
    {
        timing?.Validate("timing");
        _timing = timing;
        return this;
    }

    /// <summary>Adds something that is broken.</summary>
    /// <exception cref="NetworkException">A number is out of range.</exception>
    public NetworkBuilder AddFault(Fault fault)
    {
        string field = $"faults[{_faults.Count}]";
        if (_faults.Count == MaxFaults) throw new NetworkException(field, $"a network has at most {MaxFaults} faults");
        fault.Validate(field);
        _faults.Add(fault);
        return this;
    }

    /// <summary>The finished network.</summary>
    /// <exception cref="NetworkException">
    /// It has no population, integer weights whose sums do not fit into 32 bits, or timing or faults of what is not there.
    /// </exception>
    public Network Build()
    {
        if (_populations.Count == 0) throw new NetworkException("populations", "there is none; add at least one");
        RequireSumsFit();
        foreach (var projection in _projections.Where(p => p.Learning is SpikeCoincidence))
        {
            string target = _populations[projection.Target].Name;
            if (!_populations.Any(p => p.Model is BackwardPorts ports && ports.Of == target))
                throw new NetworkException($"{PathOf("projections", projection.Index, projection.Name)}.learning", $"\"{target}\" has no backward ports to learn from; add a backward-ports population of it");
        }
        FirstSpikeProjections.Validate(_populations, _projections, p => PathOf("populations", p.Index, p.Name));
        _timing?.Validate("timing", _projections);
        for (int i = 0; i < _faults.Count; i++) _faults[i].Validate($"faults[{i}]", _populations, _projections);
        return new Network(_name, _seed, _timeStepMs, [.. _populations], [.. _projections], [.. _inputs], [.. _probes], _timing, [.. _faults]);
    }

    private string PathOf(string list, int position, string name) => NamesPartsByPosition ? $"{list}[{position}]" : $"{list}[\"{name}\"]";

    private Population Find(string field, string name)
    {
        if (_byName.TryGetValue(name, out var population)) return population;
        string hint = Spelling.Nearest(name, _byName.Keys) is { } meant ? $"; did you mean \"{meant}\"?" : "";
        throw new NetworkException(field, $"there is no population {JsonFields.Quote(name)}{hint}");
    }

    /// <summary>Whether a name is one that is given where none is: it may be longer than others.</summary>
    private static bool IsGenerated(string name, string start) =>
        name.StartsWith(start, StringComparison.Ordinal)
        && (name.Length == start.Length || (name[start.Length] == '#' && int.TryParse(name.AsSpan(start.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)));

    private void RequireName(string field, string name)
    {
        if (string.IsNullOrWhiteSpace(name)) throw new NetworkException(field + NamePath, "the name is empty");
        if (name.Length > MaxNameLength) throw new NetworkException(field + NamePath, $"a name of {name.Length} characters; give at most {MaxNameLength}");
        if (name.Any(char.IsControl)) throw new NetworkException(field + NamePath, "the name has control characters in it");
    }

    private void RequirePorts(string field, int size, BackwardPorts ports)
    {
        var of = Find($"{field}{ModelPath}.of", ports.Of);
        if (of.Model is not (CompositeNeuron { HasBackward: true } or WinnerTakeAll))
            throw new NetworkException($"{field}{ModelPath}.of", $"\"{ports.Of}\" has no backward side; it must be winner-take-all, or composite with lagTicks");
        if (size != 2 * (long)of.Size) throw new NetworkException($"{field}.size", $"{size}; the {of.Size} neurons of \"{ports.Of}\" have {2 * (long)of.Size} backward lines");
        if (_populations.FirstOrDefault(p => p.Model is BackwardPorts other && other.Of == ports.Of) is { } first)
            throw new NetworkException($"{field}{ModelPath}.of", $"\"{ports.Of}\" has its ports in \"{first.Name}\" already");
    }

    private static void RequireStepped(string field, Projection projection, Population source, Population target)
    {
        bool teaches = target.Model is WinnerTakeAll && projection is { Connectivity: Connectivity.OneToOneConnectivity, Learning: null };
        if (!teaches && projection.Connectivity is not Connectivity.DenseConnectivity)
            throw new NetworkException($"{field}.connectivity", $"{projection.Connectivity.Name}; model {target.Model.Name} of \"{target.Name}\" takes dense projections");
        if (projection.Delay is not Networks.Delay.ConstantDelay)
            throw new NetworkException($"{field}.delay", $"a range; projections onto model {target.Model.Name} have one delay");
        if (source.Model is BackwardPorts && target.Model is not CompositeNeuron { HasBackward: true })
            throw new NetworkException($"{field}.target", $"\"{target.Name}\" has no backward side for the spikes of \"{source.Name}\"; give its model lagTicks");
    }

    /// <summary>Integer drives are summed in 32 bits: whatever spikes at once must fit.</summary>
    private void RequireSumsFit()
    {
        var most = new double[_populations.Count];
        foreach (var projection in _projections)
        {
            var population = _populations[projection.Target];
            if (population.Model is SteppedNeuronModel stepped && projection.Connectivity is Connectivity.DenseConnectivity)
            {
                RequireUnitsFit(projection, stepped, most);
                continue;
            }
            if (!population.Model.HasIntegerWeights) continue;
            if (most[population.Index] == 0 && population.Model is GatedThresholdNeuron model) most[population.Index] = Math.Abs((double)model.Bias);
            double largest = projection.Learning is null ? projection.Weight.LargestMagnitude : projection.Learning.LargestMagnitude;
            // Whatever flips, a byte stays a byte.
            if (_faults.OfType<WeightFault>().Any(f => f.Concerns(projection, population))) largest = HebbianCoincidence.Step * -(double)sbyte.MinValue;
            most[population.Index] += largest * projection.Connectivity.MostSynapsesOntoOne(_populations[projection.Source].Size);
            if (most[population.Index] > int.MaxValue)
                throw new NetworkException($"{PathOf("projections", projection.Index, projection.Name)}.weight",
                    $"with all inputs of \"{population.Name}\" at once the drive can reach {most[population.Index]:0}, beyond 32 bits; give smaller weights or fewer synapses");
        }
    }

    /// <summary>The two sides of a composite neuron are summed apart.</summary>
    private void RequireUnitsFit(Projection projection, SteppedNeuronModel model, double[] most)
    {
        var source = _populations[projection.Source];
        bool isBackward = source.Model is BackwardPorts;
        double unit = isBackward ? ((CompositeNeuron)model).BackwardUnit : model.ForwardUnit;
        double largest = projection.Learning?.LargestMagnitude ?? projection.Weight.LargestMagnitude / unit;
        // The lines of a port cancel: it counts as one input.
        double sum = largest * (isBackward ? source.Size / 2 : source.Size);
        if (!isBackward) sum = most[projection.Target] += sum;
        if (sum > int.MaxValue)
        {
            throw new NetworkException($"{PathOf("projections", projection.Index, projection.Name)}.weight",
                $"with all inputs of \"{_populations[projection.Target].Name}\" at once the current can reach {sum:0} units, beyond 32 bits; give smaller weights, a smaller bound or larger units");
        }
    }
}
