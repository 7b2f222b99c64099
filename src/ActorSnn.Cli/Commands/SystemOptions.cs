using System.CommandLine;
using System.Text.Json.Nodes;
using ActorSnn.Cli.Systems;

namespace ActorSnn.Cli.Commands;

/// <summary>Options of systems on a command line.</summary>
/// <param name="systems">The systems; an option that several have is one on the command line.</param>
/// <param name="which">Which of their options.</param>
internal sealed class SystemOptions(IReadOnlyList<ILearningSystem> systems, Func<SystemOption, bool> which)
{
    private readonly Dictionary<string, Option> _options = systems.SelectMany(s => s.Options).Where(which).GroupBy(o => o.Name).ToDictionary(same => same.Key, Create);

    /// <summary>The options, in their order.</summary>
    public IEnumerable<Option> All => _options.Values;

    public void AddTo(Command command)
    {
        foreach (var option in All) command.Add(option);
    }

    /// <summary>What was given of a system's options, by key.</summary>
    /// <exception cref="UsageException">A value will not do, or the system has no such option.</exception>
    public JsonObject Of(ILearningSystem system, ParseResult arguments)
    {
        var given = new JsonObject();
        foreach (var (name, option) in _options)
        {
            if (arguments.GetResult(option) is not { Implicit: false }) continue;
            var own = system.Options.FirstOrDefault(o => o.Name == name)
                ?? throw new UsageException($"{name}: {system.Name} has no such option; leave it out");
            given[own.Key] = option is Option<string?> text ? own.Read(arguments.GetValue(text)!) : own.Read("");
        }
        return given;
    }

    private static Option Create(IEnumerable<SystemOption> same)
    {
        var first = same.First();
        string description = same.Select(o => o.Description).Distinct().Count() == 1 ? first.Description : string.Join(" ", same.Select(o => o.Description).Distinct());
        return first.Value is { } value ? new Option<string?>(first.Name) { HelpName = value, Description = description } : new Option<bool>(first.Name) { Description = description };
    }
}
