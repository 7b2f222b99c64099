using ActorSnn.Networks;

namespace ActorSnn.Reports;

/// <summary>A band of a raster: a population, or single neurons that follow each other, a row each.</summary>
/// <param name="Name">What stands beside it.</param>
/// <param name="Note">A few words more.</param>
/// <param name="Group">What gives its colour.</param>
/// <param name="Rows">Number of neurons.</param>
/// <param name="IsSingles">Whether its rows are populations of one neuron.</param>
/// <param name="Spikes">The spikes; of single neurons a list a row.</param>
internal sealed record RasterBand(string Name, string Note, string? Group, int Rows, bool IsSingles, IReadOnlyList<RecordedSpikes> Spikes)
{
    /// <summary>The bands of a recording, in its order.</summary>
    public static IReadOnlyList<RasterBand> Of(Recording recording)
    {
        var bands = new List<RasterBand>();
        foreach (var spikes in recording.Spikes.DistinctBy(s => s.Population))
        {
            var population = recording.Population(spikes.Population);
            bool single = population.Size == 1;
            if (single && bands is [.., { IsSingles: true } last] && last.Group == population.Group)
            {
                string first = last.Spikes[0].Population;
                bands[^1] = last with { Name = $"{first} … {population.Name}", Rows = last.Rows + 1, Spikes = [.. last.Spikes, spikes] };
            }
            else
            {
                string note = population.Role ?? (single ? "" : $"{Units.Count(population.Size)} neurons");
                bands.Add(new RasterBand(population.Name, note, population.Group, population.Size, single, [spikes]));
            }
        }
        return bands;
    }

    /// <summary>Tick and row of every spike.</summary>
    public IEnumerable<(long Tick, int Row)> Events()
    {
        for (int list = 0; list < Spikes.Count; list++)
        {
            for (int i = 0; i < Spikes[list].Count; i++) yield return (Spikes[list].TickOf(i), IsSingles ? list : Spikes[list].NeuronOf(i));
        }
    }
}
