namespace ActorSnn.Reports;

/// <summary>Which class was taken for which.</summary>
public static class ConfusionMatrix
{
    private const double Width = 460, Top = 40, NameSize = 11.5;

    /// <summary>Draws a matrix; a row's shades add up to its class.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="classes">Names of the classes, the rows.</param>
    /// <param name="answers">Names of the answers, the columns: first the classes, then what else can be answered.</param>
    /// <param name="counts">[class, answer].</param>
    public static Picture Draw(string title, IReadOnlyList<string> classes, IReadOnlyList<string> answers, long[,] counts)
    {
        // Beside the word that stands upright.
        double left = Math.Max(46, classes.Max(name => SvgCanvas.WidthOf(name, NameSize)) + 30);
        double cell = (Width - left - 4) / answers.Count;
        double row = Math.Min(cell, 34);
        double size = Math.Clamp(cell * 0.3, 5, 12);
        double height = Top + classes.Count * row + 8;
        var canvas = new SvgCanvas();
        canvas.Text(left, 12, "answer", "soft", 11);
        canvas.Text(12, Top + 2, "class", "soft", 11, Anchor.End, turn: -90);
        for (int a = 0; a < answers.Count; a++) canvas.Text(left + (a + 0.5) * cell, Top - 8, answers[a], "ink", NameSize, Anchor.Middle);
        long right = 0, all = 0;
        for (int c = 0; c < classes.Count; c++)
        {
            canvas.Text(left - 10, Top + (c + 0.5) * row + 4, classes[c], "ink", NameSize, Anchor.End);
            long total = Enumerable.Range(0, answers.Count).Sum(a => counts[c, a]);
            for (int a = 0; a < answers.Count; a++)
            {
                long count = counts[c, a];
                all += count;
                if (a == c) right += count;
                double share = total == 0 ? 0 : (double)count / total;
                double x = left + a * cell, y = Top + c * row;
                canvas.Rect(x, y, cell - 1.5, row - 1.5, "faint", radius: 2);
                if (count == 0) continue;
                // The few wrong ones would be invisible on the scale of the many right ones: theirs is steeper.
                double shade = a == c ? 0.1 + 0.9 * share : Math.Min(1, 0.14 + 3 * share);
                canvas.Rect(x, y, cell - 1.5, row - 1.5, Palette.Fill(a == c ? Palette.Blue : Palette.Vermilion), shade, radius: 2,
                    title: $"{classes[c]} answered {answers[a]}: {Units.Count(count)} of {Units.Count(total)}");
                canvas.Text(x + (cell - 1.5) / 2, y + (row - 1.5) / 2 + size * 0.36, Units.Count(count), shade > 0.55 ? "paper" : "ink", size, Anchor.Middle);
            }
        }
        return new Picture(title, $"{Units.Count(right)} of {Units.Count(all)} are on the diagonal, where the answer is the class.", Width, height, canvas.Content);
    }
}
