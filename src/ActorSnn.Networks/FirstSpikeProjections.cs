namespace ActorSnn.Networks;

/// <summary>What may end on neurons that tell by their first spike, and what must.</summary>
internal static class FirstSpikeProjections
{
    /// <exception cref="NetworkException">The ports are not those of such a population, or not as many.</exception>
    public static void Validate(string field, int size, PortsOf ports, Population of)
    {
        bool fits = ports is ErrorPorts ? of.Model is FirstSpikeModel : of.Model is FirstSpikeReadout;
        if (!fits)
        {
            string needed = ports is ErrorPorts ? "first-spike or first-spike-readout" : "first-spike-readout";
            throw new NetworkException($"{field}.model.of", $"\"{of.Name}\" is of model {of.Model.Name}; {ports.Name} belong to {needed}");
        }
        int lines = ports is StartPort ? 1 : of.Size;
        if (size != lines) throw new NetworkException($"{field}.size", $"{size}; {ports.Name} of \"{of.Name}\" are {lines}");
    }

    /// <exception cref="NetworkException">The projection means nothing to its target.</exception>
    public static void Validate(string field, Projection projection, Population source, Population target)
    {
        if (projection.Delay is not Delay.ConstantDelay)
            throw new NetworkException($"{field}.delay", $"a range; projections onto model {target.Model.Name} have one delay");
        bool starts = projection.Connectivity is Connectivity.OneToAllConnectivity && !source.Model.IsGraded;
        bool isKnown = target.Model switch
        {
            LatencySource => starts,
            FirstSpikeReadout => starts || (!source.Model.IsGraded && projection.Connectivity is Connectivity.DenseConnectivity)
                || projection is { Connectivity: Connectivity.OneToOneConnectivity, Learning: null },
            _ => starts || projection.Connectivity is Connectivity.DenseConnectivity || (source.Model.IsGraded && projection.Connectivity is Connectivity.OneToOneConnectivity),
        };
        if (!isKnown)
            throw new NetworkException($"{field}.connectivity", $"{projection.Connectivity.Name} from \"{source.Name}\" means nothing to model {target.Model.Name} of \"{target.Name}\"; see its description");
    }

    /// <exception cref="NetworkException">Several projections start the samples of a population, or errors come back to one without what they need.</exception>
    public static void Validate(IReadOnlyList<Population> populations, IReadOnlyList<Projection> projections, Func<Population, string> pathOf)
    {
        foreach (var population in populations)
        {
            var onto = projections.Where(p => p.Target == population.Index).ToList();
            if (population.Model is not (FirstSpikeModel or LatencySource)) continue;
            int starts = onto.Count(p => Starts(p, populations));
            if (starts > 1) throw new NetworkException(pathOf(population), $"{starts} projections start its samples; give one");
            foreach (var errors in onto.Where(p => populations[p.Source].Model is ErrorPorts && p.Connectivity is Connectivity.DenseConnectivity))
            {
                string above = ((ErrorPorts)populations[errors.Source].Model).Of;
                if (!onto.Any(p => populations[p.Source].Name == above))
                    throw new NetworkException(pathOf(population), $"errors of \"{above}\" come back to it without the times of its spikes; add a dense projection of weight 1 from \"{above}\"");
            }
        }
    }

    /// <summary>Whether a projection starts the samples of its target.</summary>
    public static bool Starts(Projection projection, IReadOnlyList<Population> populations) =>
        projection.Connectivity is Connectivity.OneToAllConnectivity && !populations[projection.Source].Model.IsGraded;
}
