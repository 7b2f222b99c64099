using System.Collections.Immutable;
using System.Globalization;

namespace ActorSnn.Reports;

/// <summary>The cores of a network and the links between them.</summary>
/// <param name="Cores">The cores, in order.</param>
/// <param name="Links">The links, by sender, then receiver.</param>
/// <param name="HasTraffic">Whether the links' packets and bytes were counted in a run.</param>
/// <param name="Groups">The slices' groups, in the order in which they get their colours.</param>
public sealed record MeshOverview(ImmutableArray<CoreOverview> Cores, ImmutableArray<LinkOverview> Links, bool HasTraffic, ImmutableArray<string> Groups);

/// <summary>What one core holds.</summary>
/// <param name="Index">Number of the core.</param>
/// <param name="Neurons">Neurons on it; sources do not count.</param>
/// <param name="SynapseBytes">Bytes of the synapses that end on it.</param>
/// <param name="Slices">Its slices.</param>
public sealed record CoreOverview(int Index, long Neurons, long SynapseBytes, ImmutableArray<SliceOverview> Slices);

/// <summary>Neurons of one population on one core.</summary>
/// <param name="Population">Name of the population.</param>
/// <param name="Start">First neuron.</param>
/// <param name="Count">Number of neurons.</param>
/// <param name="PopulationSize">Neurons of the whole population.</param>
/// <param name="Group">What the population has in common with others; gives its colour. Null for none.</param>
public sealed record SliceOverview(string Population, int Start, int Count, int PopulationSize, string? Group = null);

/// <summary>A link between two cores.</summary>
/// <param name="From">The sender.</param>
/// <param name="To">The receiver.</param>
/// <param name="Delay">Shortest delay, in ticks.</param>
/// <param name="Packets">Packets sent.</param>
/// <param name="EmptyPackets">Packets among them without a spike.</param>
/// <param name="Bytes">Bytes of all packets.</param>
public sealed record LinkOverview(int From, int To, int Delay, long Packets = 0, long EmptyPackets = 0, long Bytes = 0);

/// <summary>Draws where neurons are and what goes from core to core.</summary>
public static class MeshPicture
{
    /// <summary>Cores up to which traffic is drawn as arrows; more make a matrix.</summary>
    public const int MostOnARing = 16;

    private const double Width = 460;
    private const int MostLabelledLinks = 12, MostBars = 160;

    /// <summary>Which core holds which neurons: a bar a core, a part a slice.</summary>
    /// <param name="mesh">The cores.</param>
    public static Picture Placement(MeshOverview mesh)
    {
        bool large = mesh.Cores.Length > MostOnARing;
        var groups = new Groups(mesh.Groups);
        double most = Math.Max(1, mesh.Cores.Max(c => c.Slices.Sum(s => (double)s.Count)));
        var canvas = new SvgCanvas();
        double y = groups.Legend(canvas, 0, 12, Width) + 4;
        foreach (var core in mesh.Cores.Take(MostBars))
        {
            string facts = $"{Units.Count(core.Neurons)} neurons · {Units.Bytes(core.SynapseBytes)}";
            if (large)
            {
                canvas.Text(28, y + 9, $"{core.Index}", "ink", 9.5, Anchor.End);
                Bar(core, groups, canvas, 34, y + 1, 290 / most, 10, large);
                canvas.Text(Width, y + 9, facts, "soft", 9.5, Anchor.End);
                y += 13;
            }
            else
            {
                canvas.Text(0, y + 12, $"core {core.Index}", "ink", 12, bold: true);
                canvas.Text(Width, y + 12, facts + " of synapses", "soft", 11, Anchor.End);
                Bar(core, groups, canvas, 0, y + 18, Width / most, 22, large);
                y += 50;
            }
        }
        return new Picture(
            "Placement: which core holds what",
            $"{Units.Several(mesh.Cores.Length, "core")} with {Units.Count(mesh.Cores.Min(c => c.Neurons))} to {Units.Count(mesh.Cores.Max(c => c.Neurons))} neurons each.",
            Width, y + 4, canvas.Content, note: mesh.Cores.Length > MostBars ? $"The first {MostBars} of {Units.Count(mesh.Cores.Length)} cores." : null);
    }

    /// <summary>What goes between the cores: arrows on a ring, or for many cores a matrix. Null when a single core leaves nothing to draw.</summary>
    /// <param name="mesh">The cores and links.</param>
    public static Picture? Traffic(MeshOverview mesh)
    {
        if (mesh.Cores.Length < 2) return null;
        string title = mesh.HasTraffic ? "Traffic between cores" : "Links between cores";
        if (mesh.Cores.Length <= MostOnARing) return Ring(mesh, title);
        string[] names = [.. mesh.Cores.Select(c => $"{c.Index}")];
        var values = new double[names.Length, names.Length];
        foreach (var link in mesh.Links) values[link.From, link.To] = mesh.HasTraffic ? link.Bytes : link.Delay;
        return HeatMap.Draw(title, mesh.HasTraffic ? "" : "ticks of delay", names, names, values, v => mesh.HasTraffic ? Units.Bytes((long)v) : $"{v:0}", "from core", "to core");
    }

    private static void Bar(CoreOverview core, Groups groups, SvgCanvas canvas, double x, double y, double scale, double height, bool large)
    {
        foreach (var slice in core.Slices.OrderBy(s => groups.HueOf(s.Group)))
        {
            double width = slice.Count * scale;
            string name = slice.Count == slice.PopulationSize ? slice.Population : $"{slice.Population} {slice.Start}–{slice.Start + slice.Count - 1}";
            double gap = width > 4 ? 1.2 : 0;
            canvas.Rect(x, y, width - gap, height, Palette.Fill(groups.HueOf(slice.Group)), large ? 0.75 : 0.22,
                title: $"{slice.Population}: neurons {slice.Start} to {slice.Start + slice.Count - 1} of {Units.Count(slice.PopulationSize)}");
            if (!large)
            {
                canvas.Rect(x, y + height, width - gap, 3, Palette.Fill(groups.HueOf(slice.Group)));
                string shown = SvgCanvas.WidthOf(name, 10.5) <= width - 6 ? name : slice.Population;
                if (SvgCanvas.WidthOf(shown, 10.5) <= width - 4) canvas.Text(x + (width - gap) / 2, y + height / 2 + 4, shown, "ink", 10.5, Anchor.Middle);
            }
            x += width;
        }
    }

    private static Picture Ring(MeshOverview mesh, string title)
    {
        const double Height = 380, Radius = 140;
        int count = mesh.Cores.Length;
        double mostNeurons = Math.Max(1, mesh.Cores.Max(c => c.Neurons));
        double mostBytes = Math.Max(1, mesh.Links.Select(l => l.Bytes).DefaultIfEmpty(0).Max());
        (double X, double Y) At(int core)
        {
            double angle = 2 * Math.PI * core / count - Math.PI / 2;
            return (Width / 2 + Radius * 1.18 * Math.Cos(angle), Height / 2 + Radius * Math.Sin(angle));
        }
        double NodeRadius(int core) => Math.Max(13, (count > 8 ? 20 : 28) * Math.Sqrt(mesh.Cores[core].Neurons / mostNeurons));

        var canvas = new SvgCanvas();
        var labels = new SvgCanvas();
        foreach (var link in mesh.Links)
        {
            var (fromX, fromY) = At(link.From);
            var (toX, toY) = At(link.To);
            double dx = toX - fromX, dy = toY - fromY, length = Math.Sqrt(dx * dx + dy * dy);
            (dx, dy) = (dx / length, dy / length);
            // Bent to the right of its way, so that the two directions lie apart.
            double bend = 0.09 * length + 8;
            double middleX = (fromX + toX) / 2 - dy * bend, middleY = (fromY + toY) / 2 + dx * bend;
            double share = mesh.HasTraffic ? link.Bytes / mostBytes : 0.25;
            double width = 0.9 + 5 * share, opacity = 0.3 + 0.6 * share, head = 5 + width;
            var (startX, startY) = Towards(fromX, fromY, middleX, middleY, NodeRadius(link.From) + 2);
            var (endX, endY) = Towards(toX, toY, middleX, middleY, NodeRadius(link.To) + 3);
            var (neckX, neckY) = Towards(toX, toY, middleX, middleY, NodeRadius(link.To) + 2 + head);
            string what = mesh.HasTraffic
                ? $"core {link.From} to core {link.To}: {Units.Count(link.Packets)} packets, {Units.Count(link.EmptyPackets)} of them empty, {Units.Bytes(link.Bytes)}"
                : $"core {link.From} to core {link.To}: delay {Units.Several(link.Delay, "tick")}";
            canvas.Stroke(Invariant($"M{startX:0.0} {startY:0.0}Q{middleX:0.0} {middleY:0.0} {neckX:0.0} {neckY:0.0}"), Palette.Stroke(Palette.Blue), width, opacity: opacity, title: what);
            var (tipX, tipY) = (endX - neckX, endY - neckY);
            double tip = Math.Sqrt(tipX * tipX + tipY * tipY);
            (tipX, tipY) = (tipX / tip * (head * 0.55), tipY / tip * (head * 0.55));
            canvas.Shape(Invariant($"M{endX:0.0} {endY:0.0}L{neckX - tipY:0.0} {neckY + tipX:0.0}L{neckX + tipY:0.0} {neckY - tipX:0.0}Z"), Palette.Fill(Palette.Blue), opacity);
            if (mesh.HasTraffic && mesh.Links.Length <= MostLabelledLinks)
            {
                // Where the curve passes closest to its control point, nearer to the sender: labels of crossing links keep apart.
                const double Part = 0.4;
                double x = (1 - Part) * (1 - Part) * startX + 2 * Part * (1 - Part) * middleX + Part * Part * neckX;
                double y = (1 - Part) * (1 - Part) * startY + 2 * Part * (1 - Part) * middleY + Part * Part * neckY;
                string text = Units.Bytes(link.Bytes);
                double half = SvgCanvas.WidthOf(text, 10) / 2 + 3;
                labels.Rect(x - half, y - 7, 2 * half, 14, "paper", 0.85, radius: 3);
                labels.Text(x, y + 3.5, text, "ink", 10, Anchor.Middle);
            }
        }
        var nodes = new SvgCanvas();
        foreach (var core in mesh.Cores)
        {
            var (x, y) = At(core.Index);
            nodes.Circle(x, y, NodeRadius(core.Index) + 1.5, "paper");
            nodes.Circle(x, y, NodeRadius(core.Index), Palette.Fill(Palette.Gray), title: $"core {core.Index}: {Units.Count(core.Neurons)} neurons, {Units.Bytes(core.SynapseBytes)} of synapses");
            nodes.Text(x, y + 4.5, $"{core.Index}", "paper", 13, Anchor.Middle, bold: true);
        }
        string description = mesh.HasTraffic
            ? $"{Units.Several(mesh.Links.Length, "link")}, {Units.Bytes(mesh.Links.Sum(l => l.Bytes))} in {Units.Count(mesh.Links.Sum(l => l.Packets))} packets; the thicker an arrow, the more bytes."
            : $"{Units.Several(mesh.Links.Length, "link")}.";
        return new Picture(title, description, Width, Height, canvas.Content + labels.Content + nodes.Content);
    }

    private static (double X, double Y) Towards(double x, double y, double toX, double toY, double distance)
    {
        double dx = toX - x, dy = toY - y, length = Math.Sqrt(dx * dx + dy * dy);
        return (x + dx / length * distance, y + dy / length * distance);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
