using System.Text;
using ActorSnn.Networks;

namespace ActorSnn.Reports;

/// <summary>A spike raster of characters: braille dots, or plain ASCII.</summary>
public static class TerminalRaster
{
    private const int LeastWidth = 40, DotsAcross = 2, DotsDown = 4, LongestName = 12;
    private const string PhaseSigns = "0123456789abcdefghijklmnopqrstuvwxyz";

    // How a braille character numbers its dots (Unicode, block 2800): [row, column].
    private static readonly int[,] DotBits = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    /// <summary>Draws a recording.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="width">Characters in a line; at least 40 are used.</param>
    /// <param name="ascii">Whether to use plain ASCII only.</param>
    /// <returns>The lines.</returns>
    public static IReadOnlyList<string> Draw(Recording recording, int width, bool ascii = false)
    {
        var bands = RasterBand.Of(recording);
        int label = Math.Min(LongestName, bands.Select(b => Plain(b.Name, ascii).Length).DefaultIfEmpty(0).Max());
        long ticks = Math.Max(1, recording.Ticks);
        int room = Math.Max(LeastWidth, width) - label - 3;
        // Whole characters a tick when that is possible, else whole dots, else several ticks a dot.
        long perTick = room / ticks >= 1 ? room / ticks * DotsAcross : room * DotsAcross / ticks;
        if (recording.Phases is not null) perTick = Math.Min(perTick, 2 * DotsAcross);
        int columns = perTick >= 1 ? (int)((ticks * perTick + DotsAcross - 1) / DotsAcross) : room;
        int DotOf(long tick, int row) => perTick >= 1
            ? (int)((tick - recording.FirstTick) * perTick + row % perTick)
            : (int)((tick - recording.FirstTick) * (columns * DotsAcross) / ticks);
        int ColumnOf(long tick) => DotOf(tick, 0) / DotsAcross;

        var lines = new List<string>();
        string margin = new(' ', label + 3);
        bool edges = !recording.Samples.IsEmpty && recording.Samples[0].Ticks * perTick >= 4 * DotsAcross;
        if (edges) lines.Add(margin + Captions(recording, columns, ColumnOf, ascii));
        bool phases = recording.Phases is { } p && p.PeriodTicks <= PhaseSigns.Length && perTick >= DotsAcross;
        if (phases)
        {
            var signs = Blank(columns);
            for (long tick = recording.FirstTick; tick < recording.FirstTick + ticks; tick++) signs[ColumnOf(tick)] = PhaseSigns[(int)(tick % recording.Phases!.PeriodTicks)];
            lines.Add(margin + new string(signs).TrimEnd());
        }
        string bar = ascii ? "|" : "│";
        foreach (var band in bands)
        {
            int height = band.IsSingles ? (band.Rows + DotsDown - 1) / DotsDown : band.Rows <= DotsDown ? 1 : band.Rows <= 2 * DotsDown ? 2 : 3;
            var cells = new int[height * columns];
            var counts = new int[height * columns];
            foreach (var (tick, row) in band.Events())
            {
                int x = DotOf(tick, row), y = band.Rows <= height * DotsDown ? row : (int)((long)row * height * DotsDown / band.Rows);
                int cell = y / DotsDown * columns + x / DotsAcross;
                cells[cell] |= DotBits[y % DotsDown, x % DotsAcross];
                counts[cell]++;
            }
            for (int line = 0; line < height; line++)
            {
                var text = new StringBuilder((line == (height - 1) / 2 ? Plain(band.Name, ascii) is var name && name.Length > label ? name[..label] : name : "").PadLeft(label))
                    .Append(' ').Append(bar).Append(' ');
                for (int column = 0; column < columns; column++)
                {
                    int cell = line * columns + column;
                    text.Append(counts[cell] == 0 ? ' ' : ascii ? counts[cell] switch { 1 => '.', <= 3 => ':', <= 8 => 'o', _ => '#' } : (char)(0x2800 + cells[cell]));
                }
                lines.Add(text.ToString().TrimEnd());
            }
        }
        lines.Add($"{new string(' ', label)} {(ascii ? "+" : "└")}{new string(ascii ? '-' : '─', columns + 1)}");
        string first = $"tick {Units.Count(recording.FirstTick)}", last = $"{Units.Count(recording.FirstTick + ticks - 1)} ({Units.Short(ticks * recording.TimeStepMs)} ms)";
        lines.Add(margin + first + last.PadLeft(Math.Max(last.Length + 2, columns - first.Length)));
        if (phases) lines.AddRange(Wrapped(recording.Phases!.List.Select((phase, i) => $"{PhaseSigns[i]} {phase.Name}"), margin, margin.Length + columns));
        return lines;
    }

    private static string Captions(Recording recording, int columns, Func<long, int> columnOf, bool ascii)
    {
        var line = Blank(columns);
        for (int i = 0; i < recording.Samples.Length; i++)
        {
            var sample = recording.Samples[i];
            int start = columnOf(sample.FirstTick), end = i + 1 < recording.Samples.Length ? columnOf(recording.Samples[i + 1].FirstTick) : columns;
            string caption = $"{(ascii ? '|' : '╷')}{Plain(sample.Caption, ascii)}";
            // A blank is left before the next one.
            for (int c = 0; c < caption.Length && start + c < Math.Min(columns, c == 0 ? end : end - 1); c++) line[start + c] = caption[c];
        }
        return new string(line).TrimEnd();
    }

    private static IEnumerable<string> Wrapped(IEnumerable<string> words, string margin, int width)
    {
        var line = new StringBuilder(margin);
        foreach (string word in words)
        {
            if (line.Length > margin.Length && line.Length + word.Length > width)
            {
                yield return line.ToString().TrimEnd();
                line.Clear().Append(margin);
            }
            line.Append(word).Append("  ");
        }
        yield return line.ToString().TrimEnd();
    }

    private static char[] Blank(int columns)
    {
        var line = new char[columns];
        Array.Fill(line, ' ');
        return line;
    }

    // Control characters would move the cursor.
    private static string Plain(string text, bool ascii)
    {
        var plain = new StringBuilder();
        foreach (char c in ascii ? text.Replace("…", "..").Replace("→", ">") : text) plain.Append(char.IsControl(c) || (ascii && !char.IsAscii(c)) ? '?' : c);
        return plain.ToString();
    }
}
