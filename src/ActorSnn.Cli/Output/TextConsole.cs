using Spectre.Console;

namespace ActorSnn.Cli.Output;

/// <summary>What reports for people are made of.</summary>
internal static class TextConsole
{
    private const int WidthOfFiles = 140;

    public static IAnsiConsole New()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (Console.IsOutputRedirected) console.Profile.Width = WidthOfFiles;
        return console;
    }

    /// <summary>Whether there is somebody to look at a progress bar.</summary>
    public static bool IsTerminal(IAnsiConsole console) => !Console.IsOutputRedirected && console.Profile.Capabilities.Interactive;

    public static Progress Bars(IAnsiConsole console)
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => console.Cursor.Show(); // a second Ctrl-C leaves the bar, which hides it, as it is
        return console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn());
    }

    /// <summary>A table; headings that start with &gt; are those of right-aligned columns.</summary>
    public static Table NewTable(params ReadOnlySpan<string> headings)
    {
        var table = new Table { Border = Console.IsOutputRedirected ? TableBorder.Ascii : TableBorder.Rounded };
        foreach (string heading in headings)
        {
            bool right = heading.StartsWith('>');
            var column = new TableColumn(Markup.Escape(heading.TrimStart('>')));
            table.AddColumn(right ? column.RightAligned() : column);
        }
        return table;
    }

    public static void Row(Table table, params ReadOnlySpan<string> cells)
    {
        var row = new List<Text>();
        foreach (string cell in cells) row.Add(new Text(cell));
        table.AddRow(row);
    }

    // Not through the console's markup: paths and commands must not be wrapped.
    public static void Line(string line) => Console.Out.WriteLine(line);

    public static string Count(long number) => $"{number:#,0}";

    public static string Several(long number, string thing) => $"{Count(number)} {thing}{(number == 1 ? "" : "s")}";
}
