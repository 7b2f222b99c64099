using System.CommandLine;
using System.Globalization;
using ActorSnn.Cli.Systems;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Commands;

/// <summary>The options that say when spikes arrive.</summary>
/// <param name="disturbed">Which projections are disturbed unless told otherwise.</param>
internal sealed class TimingOptions(string disturbed)
{
    private readonly Option<string?> _timing = Options.Text("--timing", "MODE",
        "exact; delayed: spikes late and lost, drawn from the seed; free: cores on their own wall clocks, not reproducible. Default: exact.");

    private readonly Option<int?> _latency = Options.Number("--latency", 0, "With --timing delayed: ticks that every spike is late.", Delay.MaxTicks);

    private readonly Option<int?> _jitter = Options.Number("--jitter", 0, "With --timing delayed: up to N ticks more, drawn.", Delay.MaxTicks);

    private readonly Option<double?> _loss = Probability("--loss", "With --timing delayed: probability that a spike is lost.");

    private readonly Option<string?> _disturb = Options.Text("--disturb", "PATTERN",
        $"With --timing delayed: the projections concerned, by name, with commas between them; * and ? stand for any characters and any one. Default: {disturbed}.");

    private readonly Option<int?> _tick = Options.Number("--tick-us", 1, "With --timing free: microseconds a tick takes. Default: real time.");

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [_timing, _latency, _jitter, _loss, _disturb, _tick];

    public void AddTo(Command command)
    {
        foreach (var option in All) command.Add(option);
    }

    /// <summary>What the command line wants; null where it says nothing.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="cluster">Options for a run on a cluster, which free timing does not have.</param>
    /// <param name="saves">Options for checkpoints, which free timing does not have.</param>
    /// <exception cref="UsageException">Options contradict each other.</exception>
    public TimingRequest? RequestOf(ParseResult arguments, IEnumerable<Option> cluster, IEnumerable<Option> saves)
    {
        string? mode = arguments.GetValue(_timing);
        if (mode is not null && !TimingRequest.Modes.Contains(mode)) throw new UsageException($"--timing {mode}: give {string.Join(", ", TimingRequest.Modes)}");
        if (mode != DelayedRequest.Mode)
            Options.Refuse(arguments, [_latency, _jitter, _loss, _disturb], $"is for --timing {DelayedRequest.Mode}; give that, or leave it out");
        if (mode != FreeRequest.Mode) Options.Refuse(arguments, [_tick], $"is for --timing {FreeRequest.Mode}; give that, or leave it out");
        switch (mode)
        {
            case null:
                return null;
            case DelayedRequest.Mode:
                var delayed = new DelayedRequest(
                    arguments.GetValue(_latency) ?? 0, arguments.GetValue(_jitter) ?? 0, arguments.GetValue(_loss) ?? 0, arguments.GetValue(_disturb));
                return delayed is not { LatencyTicks: 0, JitterTicks: 0, Loss: 0 } ? delayed
                    : throw new UsageException($"--timing {mode}: say what happens to spikes with --latency, --jitter or --loss");
            case FreeRequest.Mode:
                Options.Refuse(arguments, cluster, $"--timing {mode} runs in this process alone; leave one of them out");
                Options.Refuse(arguments, saves, $"a run with --timing {mode} cannot be saved and resumed; leave one of them out");
                return new FreeRequest(arguments.GetValue(_tick));
            default:
                return TimingRequest.Exact;
        }
    }

    private static Option<double?> Probability(string name, string description) => new(name)
    {
        HelpName = "P",
        Description = description,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is >= 0 and <= 1) return value;
            result.AddError($"{name} {text}: give a probability, 0 to 1");
            return null;
        },
    };
}
