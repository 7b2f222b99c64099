using ActorSnn.Cores;
using ActorSnn.Mesh;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Simulations;

/// <summary>
/// Runs a few neurons of the same models, with synapses of the same kinds, while the network itself is built: what the run needs is then compiled before
/// its first tick. A short run would otherwise spend most of its time in the compiler.
/// </summary>
internal static class Rehearsal
{
    private const int Neurons = 64;
    private const int Ticks = 200;

    /// <summary>Starts it; it is over when the task is. Nothing comes of it but compiled code.</summary>
    public static Task Start(Network network, IEngine engine, MeshOptions options)
    {
        if (!network.Populations.Any(p => p.Model is RealNeuronModel)) return Task.CompletedTask;
        // Nobody is to wait for the wall clock here.
        if (options.Timing is not null) options = options with { Timing = new FreeTiming(1) };
        return Task.Run(() =>
        {
            try
            {
                var small = Reduce(network);
                // With a thread of its own each core has links.
                using var mesh = engine.Build(Placer.Place(small, new PlacementOptions(options.Threads > 1 || options.Timing is not null ? 2 : 1)), options);
                mesh.RunTo(Ticks);
                mesh.Capture().Hash();
                mesh.TakeRecordings();
            }
            catch (NetworkException)
            {
                // What makes sense for a large network need not for a small one; then there is no rehearsal.
            }
        });
    }

    private static Network Reduce(Network network)
    {
        var builder = new NetworkBuilder("rehearsal", network.Seed, network.TimeStepMs);
        var kept = network.Populations.Where(p => p.Model is RealNeuronModel or PoissonSource).ToList();
        foreach (var population in kept)
        {
            builder.AddPopulation(population.Name, Neurons, population.Model);
            builder.AddProbe(new SpikeCountProbe(population.Name, population.Name, 1));
        }
        const string Kick = "\u00ABkick\u00BB";
        builder.AddPopulation(Kick, Neurons, new SpikeArraySource(Enumerable.Range(0, 2 * Neurons).Select(n => new Spike(n, n % Neurons))));
        foreach (var population in kept)
        {
            if (population.Model is RealNeuronModel model)
                builder.AddProjection(Kick, population.Name, Connectivity.OneToOne, Weight.Constant(1000 * (1 + model.ThresholdMv - model.ResetMv)));
        }
        foreach (var projection in network.Projections)
        {
            var source = network.Populations[projection.Source];
            var target = network.Populations[projection.Target];
            if (!kept.Contains(source) || !kept.Contains(target)) continue;
            bool oneWeight = projection.Weight is Weight.ConstantWeight;
            var connectivity = projection.Connectivity switch
            {
                Connectivity.DenseConnectivity or Connectivity.OneToOneConnectivity when oneWeight => projection.Connectivity,
                Connectivity.FixedOutDegreeConnectivity => Connectivity.FixedOutDegree(8),
                Connectivity.FixedInDegreeConnectivity => Connectivity.FixedInDegree(8),
                _ => Connectivity.Random(0.2),
            };
            double largest = Math.Min(projection.Weight.LargestMagnitude, float.MaxValue);
            var weight = projection.Weight is Weight.ArrayWeight ? Weight.Uniform(-largest, largest) : projection.Weight;
            builder.AddProjection(source.Name, target.Name, connectivity, weight, projection.Delay, projection.Learning);
        }
        foreach (var input in network.Inputs)
        {
            if (kept.Contains(network.Populations[input.Target])) builder.AddPoissonInput(network.Populations[input.Target].Name, input.RateHz, input.Weight);
        }
        return builder.Build();
    }
}
