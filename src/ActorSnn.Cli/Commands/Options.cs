using System.CommandLine;
using System.Globalization;
using System.Numerics;
using ActorSnn.Cores;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Output;
using ActorSnn.Cli.Systems;
using ActorSnn.Datasets;

namespace ActorSnn.Cli.Commands;

/// <summary>Options that several commands have, with the same meaning in each.</summary>
internal static class Options
{
    private static IEnumerable<string> UpdateNames => Enum.GetNames<UpdateStrategy>().Select(n => n.ToLowerInvariant());

    /// <summary><c>--dataset</c>.</summary>
    /// <param name="fallback">Which one unless told otherwise.</param>
    /// <param name="systems">The systems it is for.</param>
    public static Option<string?> Dataset(string fallback, params IEnumerable<ILearningSystem> systems) =>
        Text("--dataset", "NAME", $"Data set: {string.Join(", ", systems.SelectMany(s => s.Datasets).Distinct())}. Default: {fallback}.");

    public static Option<string?> Data() => Text("--data", "DIR",
        $"Directory of the data files; default: the one {DataLocator.Variable} names, else the user's cache directory.");

    public static Option<int?> Cores() => Number<int>("--cores", 1, "Number of cores, whatever the limits of a core; default: as many as the limits ask for.");

    public static Option<int?> Threads() => Number<int>("--threads", 1, "Threads that run the cores; default: one for each MiB of synapses, at most one a processor.");

    /// <summary><c>--engine</c> of nodes.</summary>
    public static Option<string?> NodeEngine() => Text("--engine", "NAME", $"How nodes are connected: {Engines.NodeNames}.");

    public static Option<string?> Engine() => Text("--engine", "NAME", $"What runs the cores: {Engines.Names}.");

    public static Option<string?> Update() => Text("--update", "HOW",
        $"When neurons are looked at, where their equations allow a choice: {string.Join(", ", UpdateNames)}. Default: auto, by activity. Changes no result.");

    public static Option<bool> Detach() => new("--detach") { Description = "With --cluster: submit the run, print its name, and leave it alone." };

    public static Option<string?> Report() => Text(RunFiles.ReportOption, "FILE.html", "Write a report with pictures, as one HTML file that needs no other.");

    public static Option<string?> Record(string what) => Text(RunFiles.RecordOption, "DIR", $"Record {what} as NPY and CSV files in a directory.");

    public static Option<int?> RecordSamples() => Number(
        RunFiles.SamplesOption, 1, $"Samples that {RunFiles.RecordOption} and {RunFiles.ReportOption} show, at most all test images. Default: {RunFiles.UsualSamples}.");

    public static Option<bool> Json() => new("--json") { Description = "Print JSON to stdout, one object a line and nothing else." };

    public static Option<bool> Quiet() => new("--quiet") { Description = "Print the result only." };

    public static Option<string?> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description };

    /// <summary>An option whose value is a whole number within bounds.</summary>
    public static Option<T?> Number<T>(string name, T least, string description, T? most = null) where T : struct, IBinaryInteger<T>, IMinMaxValue<T> => new(name)
    {
        HelpName = "N",
        Description = description,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            T limit = most ?? T.MaxValue;
            if (T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out T value) && value >= least && value <= limit) return value;
            result.AddError($"{name} {text}: give a whole number from {least} to {limit}");
            return null;
        },
    };

    /// <summary>An option whose value is a time.</summary>
    public static Option<double?> Milliseconds(string name, string description) => new(name)
    {
        HelpName = "MS",
        Description = description,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)) return value;
            result.AddError($"{name} {text}: give a number of milliseconds");
            return null;
        },
    };

    /// <summary>Refuses options that do not apply.</summary>
    /// <exception cref="UsageException">One of them was given.</exception>
    public static void Refuse(ParseResult arguments, IEnumerable<Option> options, string reason)
    {
        if (options.FirstOrDefault(o => arguments.GetResult(o) is { Implicit: false }) is { } given) throw new UsageException($"{given.Name}: {reason}");
    }

    /// <summary>The update strategy of a name; auto for null.</summary>
    /// <exception cref="UsageException">There is none of that name.</exception>
    public static UpdateStrategy UpdateOf(string? name) => Enum.GetValues<UpdateStrategy>().Zip(UpdateNames)
        .Where(u => u.Second == (name ?? UpdateNames.First())).Select(u => (UpdateStrategy?)u.First).FirstOrDefault()
        ?? throw new UsageException($"--update {name}: give {string.Join(", ", UpdateNames)}");

    /// <summary>Where networks run: on the cluster that was named, else in this process.</summary>
    /// <exception cref="UsageException">Options contradict each other, or the cluster cannot be talked to as asked.</exception>
    public static INetworkHost HostOf(ParseResult arguments, ClusterOption cluster, Option<string?> engine, Option<bool> detach)
    {
        if (cluster.AccessOf(arguments) is not { } access)
        {
            Refuse(arguments, [detach], "is for runs on a cluster; give --cluster HOST:PORT, or leave it out");
            return new LocalHost(Engines.Of(arguments.GetValue(engine)));
        }
        Refuse(arguments, [engine], "the nodes of a cluster run networks their own way; leave it out");
        return new ClusterHost(access, Engines.Of(null), arguments.GetValue(detach));
    }
}
