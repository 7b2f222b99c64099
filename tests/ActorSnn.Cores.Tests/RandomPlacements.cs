using System.Collections.Immutable;
using ActorSnn.Cores;
using ActorSnn.Networks;

namespace ActorSnn.Tests;

/// <summary>
/// Placements no placer would make: populations cut anywhere, the pieces dealt out at random, several to a core. Ports are with the neurons they belong to, and
/// winner-take-alls, normalisers and readouts are whole: the rest would be no placement.
/// </summary>
internal static class RandomPlacements
{
    public static Placement Make(Network network, int cores, int seed)
    {
        var random = new Random(seed);
        var slices = Enumerable.Range(0, cores).Select(_ => new List<Slice>()).ToArray();
        foreach (var population in network.Populations)
        {
            if (population.Model is BackwardPorts ports)
            {
                int of = network[ports.Of].Index;
                foreach (var core in slices)
                    core.AddRange(core.Where(s => s.Population == of).Select(s => new Slice(population.Index, 2 * s.Start, 2 * s.Count)).ToList());
                continue;
            }
            if (population.Model is PortsOf lines)
            {
                int of = network[lines.Of].Index;
                foreach (var core in slices)
                    core.AddRange(core.Where(s => s.Population == of).Select(s => population.Model is ErrorPorts ? s with { Population = population.Index } : new Slice(population.Index, 0, population.Size)).ToList());
                continue;
            }
            int pieces = population.Model is WinnerTakeAll or DivisiveNormalisation or FirstSpikeReadout ? 1 : random.Next(1, Math.Min(population.Size, 5) + 1);
            var cuts = Enumerable.Range(0, pieces - 1).Select(_ => random.Next(population.Size)).Append(0).Append(population.Size)
                .Distinct().Order().ToArray();
            for (int i = 0; i + 1 < cuts.Length; i++)
                slices[random.Next(cores)].Add(new Slice(population.Index, cuts[i], cuts[i + 1] - cuts[i]));
        }
        return new Placement(network, [.. slices.Where(s => s.Count > 0).Select((s, i) => Core(network, i, s))]);
    }

    private static CorePlacement Core(Network network, int index, List<Slice> slices) => new(
        index,
        [.. slices.OrderBy(s => s.Population).ThenBy(s => s.Start)],
        slices.Where(s => !network.Populations[s.Population].Model.IsSource).Sum(s => s.Count),
        0);
}
