using ActorSnn.Networks;

namespace ActorSnn.Reports;

/// <summary>Sections that reports of different commands share.</summary>
public static class ReportSections
{
    private const int MostPotentials = 6, MostLinks = 12, TimeBins = 100;

    /// <summary>The spikes of a recording.</summary>
    /// <param name="report">The report.</param>
    /// <param name="recording">The recording; left out when it has no spikes of any population.</param>
    /// <param name="lead">What was recorded.</param>
    public static HtmlReport AddRaster(this HtmlReport report, Recording recording, string lead)
    {
        if (recording.Spikes.IsEmpty) return report;
        var picture = RasterChart.Draw(recording);
        string caption = $"A population's neurons lie from top to bottom; a tick takes {Units.Short(recording.TimeStepMs)} ms.";
        if (picture.Note is null) caption = $"Every dot is a spike. {caption} Spikes of large populations are spread over the width of their tick.";
        return report.AddSection("Spikes", lead, ReportBlock.Of(picture, caption));
    }

    /// <summary>The mean rates of a recording's populations.</summary>
    /// <param name="report">The report.</param>
    /// <param name="recording">The recording; left out when it has no population whose every spike was recorded.</param>
    public static HtmlReport AddRates(this HtmlReport report, Recording recording)
    {
        double seconds = recording.Ticks * recording.TimeStepMs / 1000;
        var bars = recording.SpikeCounts().Select(c => (c.Population, c.Spikes, Rate: seconds > 0 ? c.Spikes / seconds / c.Population.Size : 0))
            .Select(c => new Bar(c.Population.Name, c.Rate, $"{Units.Short(c.Rate)}", c.Population.Group, $"{Units.Count(c.Spikes)} spikes of {Units.Several(c.Population.Size, "neuron")}"))
            .ToList();
        return bars.Count == 0
            ? report
            : report.AddSection("Rates", $"Over {Units.Several(recording.Ticks, "tick")}, {Units.Short(seconds)} s of simulated time.",
                ReportBlock.Of(BarChart.Draw("Mean rate of a neuron", "spikes a second (Hz)", bars)));
    }

    /// <summary>How the mean rates of a recording's populations change, in bins of equal length.</summary>
    /// <param name="report">The report.</param>
    /// <param name="recording">The recording; left out when it has no population whose every spike was recorded, or is too short.</param>
    public static HtmlReport AddRatesOverTime(this HtmlReport report, Recording recording)
    {
        var whole = recording.Spikes.Where(s => s.Ticks == TickFilter.EveryTick && s.Count > 0).DistinctBy(s => s.Population).ToList();
        long ticks = Math.Max(1, recording.Ticks / TimeBins);
        int bins = (int)(recording.Ticks / ticks);
        if (whole.Count == 0 || bins < 2) return report;
        double binMs = ticks * recording.TimeStepMs;
        var curves = whole.Select(spikes =>
        {
            var counts = new long[bins];
            for (int i = 0; i < spikes.Count; i++)
            {
                long bin = (spikes.TickOf(i) - recording.FirstTick) / ticks;
                if (bin < bins) counts[bin]++;
            }
            double toHz = 1000 / (binMs * recording.Population(spikes.Population).Size);
            return new Curve(spikes.Population, [.. counts.Select((count, bin) => ((recording.FirstTick * recording.TimeStepMs) + ((bin + 0.5) * binMs), count * toHz))]);
        }).ToList();
        return report.AddSection("Rates over time", $"Mean rate of a neuron in Hz, in bins of {Units.Short(binMs)} ms.",
            ReportBlock.Of(LineChart.Draw("Rate over time", "ms", curves, percent: false)));
    }

    /// <summary>The membrane potentials of a recording: the first neurons of each probed population.</summary>
    /// <param name="report">The report.</param>
    /// <param name="recording">The recording; left out when it has no potentials.</param>
    public static HtmlReport AddPotentials(this HtmlReport report, Recording recording) => recording.Potentials.IsEmpty
        ? report
        : report.AddSection("Potentials", "Of the first neurons of each probed population, before the spike decision; every curve from its lowest to its highest value.",
            recording.Potentials.Select(table => ReportBlock.Of(PotentialChart.Draw(recording, table, MostPotentials), $"In {table.Unit}.")));

    /// <summary>How often populations spike, in all and by phase.</summary>
    /// <param name="report">The report.</param>
    /// <param name="activity">The spikes counted.</param>
    /// <param name="lead">Over what they were counted.</param>
    public static HtmlReport AddActivity(this HtmlReport report, Activity activity, string lead)
    {
        double periods = Math.Max(1, activity.Periods);
        var bars = activity.Populations.Select(p => (Population: p, Mean: p.SpikesByPhase.Sum() / periods)).Select(p => new Bar(
            p.Population.Name, p.Mean / p.Population.Size, Units.Short(p.Mean / p.Population.Size), p.Population.Group,
            $"{Units.Short(p.Mean)} spikes of {Units.Several(p.Population.Size, "neuron")} together")).ToList();
        var values = new double[activity.Populations.Length, activity.Phases.Length];
        for (int r = 0; r < activity.Populations.Length; r++)
        {
            for (int c = 0; c < activity.Phases.Length; c++) values[r, c] = activity.Populations[r].SpikesByPhase[c] / periods / activity.Populations[r].Size;
        }
        return report.AddSection("Rates", lead,
            ReportBlock.Of(BarChart.Draw($"Spikes of a neuron in a {activity.PeriodName}, mean", $"spikes a neuron and {activity.PeriodName}", bars)),
            ReportBlock.Of(HeatMap.Draw(
                "In which phase they come", "spikes a neuron", [.. activity.Populations.Select(p => p.Name)], activity.Phases, values, Units.Short)));
    }

    /// <summary>Where neurons are, and what went from core to core.</summary>
    /// <param name="report">The report.</param>
    /// <param name="mesh">The cores and links.</param>
    public static HtmlReport AddMesh(this HtmlReport report, MeshOverview mesh)
    {
        var blocks = new List<ReportBlock> { ReportBlock.Of(MeshPicture.Placement(mesh), "A bar is as long as its core has neurons, sources included; a part is a slice of one population.") };
        if (MeshPicture.Traffic(mesh) is { } traffic)
            blocks.Add(ReportBlock.Of(traffic, !mesh.HasTraffic ? null
                : $"{(mesh.Cores.Length > MeshPicture.MostOnARing ? "The darker a cell" : "The thicker an arrow")}, the more bytes. An empty packet is a promise: no spikes until here."));
        if (mesh.HasTraffic && mesh.Links.Length > 0)
        {
            var busiest = mesh.Links.OrderByDescending(l => l.Bytes).ThenBy(l => l.From).ThenBy(l => l.To).Take(MostLinks).ToList();
            blocks.Add(ReportBlock.Table(
                mesh.Links.Length > MostLinks ? $"The {MostLinks} busiest of {Units.Count(mesh.Links.Length)} links" : "Links, busiest first",
                ["from", "to", ">delay", ">packets", ">empty", ">bytes", ">bytes a packet"],
                busiest.Select(l => (IReadOnlyList<string>)[$"core {l.From}", $"core {l.To}", $"{l.Delay}", Units.Count(l.Packets), Units.Count(l.EmptyPackets), Units.Count(l.Bytes),
                    Units.Short((double)l.Bytes / Math.Max(1, l.Packets))])));
        }
        string lead = $"{Units.Several(mesh.Cores.Length, "core")}, {Units.Several(mesh.Links.Length, "link")}"
            + (mesh.HasTraffic ? $"; {Units.Count(mesh.Links.Sum(l => l.Packets))} packets and {Units.Bytes(mesh.Links.Sum(l => l.Bytes))} went over them." : ".");
        return report.AddSection("Cores", lead, blocks);
    }
}
