namespace ActorSnn.Networks;

/// <summary>
/// Which populations graded spikes may join, and over which synapses: fixed ones of weight 1 and one delay, so that what arrives is what was sent, dense, one-to-one or one-to-all. Errors that come back to
/// neurons which tell by their first spike do so through weights.
/// </summary>
internal static class GradedProjections
{
    /// <exception cref="NetworkException">The projection carries grades to whom does not understand them, or none to whom needs them, or changes them on the way.</exception>
    public static void Validate(string field, Projection projection, Population source, Population target)
    {
        if (!source.Model.IsGraded)
        {
            if (!target.Model.TakesOnlyGrades) return;
            throw new NetworkException($"{field}.source", $"the spikes of \"{source.Name}\" have no grades; model {target.Model.Name} of \"{target.Name}\" takes nothing else");
        }
        if (!target.Model.TakesGrades)
            throw new NetworkException($"{field}.target", $"model {target.Model.Name} of \"{target.Name}\" does not take graded spikes, as those of \"{source.Name}\" are");
        bool isPlain = projection.Connectivity is Connectivity.OneToOneConnectivity
            || (target.Model is not DivisiveNormalisation && projection.Connectivity is Connectivity.DenseConnectivity or Connectivity.OneToAllConnectivity);
        if (!isPlain)
        {
            string kinds = target.Model is DivisiveNormalisation ? $"onto model {target.Model.Name} they go one-to-one" : "they go dense, one-to-one or one-to-all";
            throw new NetworkException($"{field}.connectivity", $"{projection.Connectivity.Name} for the graded spikes of \"{source.Name}\"; {kinds}");
        }
        if (source.Model is ErrorPorts && target.Model is FirstSpikeNeuron && projection is { Connectivity: Connectivity.DenseConnectivity, Delay: Delay.ConstantDelay }) return;
        if (projection.Weight is not Weight.ConstantWeight { Value: 1 })
            throw new NetworkException($"{field}.weight", $"the spikes of \"{source.Name}\" are graded: a grade takes the place of a weight; give 1");
        if (projection.Delay is not Delay.ConstantDelay)
            throw new NetworkException($"{field}.delay", $"a range; the graded spikes of \"{source.Name}\" have one delay");
        if (projection.Learning is { } rule)
            throw new NetworkException($"{field}.learning", $"{rule.Name} of synapses for the graded spikes of \"{source.Name}\", whose weight is always 1; leave it out");
    }
}
