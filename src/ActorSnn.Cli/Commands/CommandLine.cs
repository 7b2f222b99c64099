using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using ActorSnn.Cli.Output;

namespace ActorSnn.Cli.Commands;

/// <summary>The <c>actorsnn</c> command.</summary>
internal static class CommandLine
{
    public static int Run(string[] args)
    {
        try
        {
            return Invoke(Root(), args);
        }
        catch (Exception e)
        {
            return Failures.Report(e);
        }
    }

    /// <summary>All commands.</summary>
    /// <param name="wrapper">What those that run networks are a part of; null for nothing.</param>
    public static RootCommand Root(ICommandWrapper? wrapper = null)
    {
        wrapper ??= new NoWrapper();
        var root = new RootCommand($"Simulates a neuromorphic chip whose networks learn by themselves. {ExitCode.Help}")
        {
            RunCommand.Create(wrapper),
            TrainCommand.Create(wrapper),
            EvalCommand.Create(wrapper),
            ExportCommand.Create(),
            SweepCommand.Create(),
            DescribeCommand.Create(),
            DataCommand.Create(),
            RasterCommand.Create(),
            NodeCommand.Create(),
            ClusterCommand.Create(),
            FaultsCommand.Create(),
            StatusCommand.Create(),
            AttachCommand.Create(),
        };
        foreach (var command in ClusterCommands.All) root.Add(command);
        root.Add(new DiagramDirective());
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction();
        return root;
    }

    /// <summary>Does what a command line says; what is thrown is not caught.</summary>
    public static int Invoke(Command root, string[] args)
    {
        var result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0 && result.Action is not System.CommandLine.Help.HelpAction)
        {
            Failures.Say($"{Explain(result)}; see {HelpFor(result.CommandResult)}");
            return ExitCode.BadInput;
        }
        return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static string Explain(ParseResult result)
    {
        // A word that is not known says more than the words it makes missing.
        if (result.UnmatchedTokens is [var word, ..])
        {
            var known = result.CommandResult.Command.Subcommands.Select(c => c.Name).ToList();
            return known.Count > 0 ? $"\"{word}\" is unknown; known are {string.Join(", ", known)}" : $"\"{word}\" is unknown";
        }
        var command = result.CommandResult.Command;
        return command.Subcommands.Count > 0
            ? $"say what to {(command is RootCommand ? "do" : command.Name)}: {string.Join(", ", command.Subcommands.Select(c => c.Name))}"
            : result.Errors[0].Message.TrimEnd('.');
    }

    private static string HelpFor(CommandResult result)
    {
        var words = new List<string>();
        for (SymbolResult? r = result; r is not null; r = r.Parent)
        {
            if (r is CommandResult { Command: var command }) words.Insert(0, command is RootCommand ? "actorsnn" : command.Name);
        }
        return $"{string.Join(' ', words)} --help";
    }

    /// <summary>Prints the version, and what this build can run networks with.</summary>
    private sealed class VersionAction : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            TextConsole.Line(Engines.Description);
            return ExitCode.Done;
        }
    }
}
