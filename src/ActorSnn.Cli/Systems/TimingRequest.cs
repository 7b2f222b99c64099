using System.Globalization;
using System.Text.Json.Nodes;
using ActorSnn.Mesh;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems;

/// <summary>What the command line says about timing.</summary>
internal abstract record TimingRequest
{
    /// <summary>The default: spikes act when they should.</summary>
    public static TimingRequest Exact { get; } = new ExactTiming();

    /// <summary>The choices, as they are given.</summary>
    public static IReadOnlyList<string> Modes { get; } = [ExactTiming.Mode, DelayedRequest.Mode, FreeRequest.Mode];

    /// <summary>The request that was noted with a run.</summary>
    /// <param name="noted">What was noted; null for exact timing.</param>
    /// <exception cref="FormatException">It is no such note.</exception>
    public static TimingRequest FromJson(JsonNode? noted)
    {
        if (noted is null) return Exact;
        try
        {
            return new DelayedRequest(
                noted["latency"]!.GetValue<int>(), noted["jitter"]!.GetValue<int>(), noted["loss"]!.GetValue<double>(), noted["disturb"]!.GetValue<string>());
        }
        catch (Exception e) when (e is NullReferenceException or InvalidOperationException)
        {
            throw new FormatException("the timing of a run is noted as latency, jitter, loss and disturb", e);
        }
    }

    /// <summary>What a run notes of it; null for exact timing.</summary>
    public virtual JsonObject? ToJson() => null;

    /// <summary>The request with what is not said about projections filled in.</summary>
    /// <param name="disturbed">Patterns of the projections that are disturbed, with commas between them.</param>
    public virtual TimingRequest Disturbing(string disturbed) => this;

    /// <summary>The options that ask for it.</summary>
    public virtual IEnumerable<string> Options => [];

    /// <summary>The network in this timing.</summary>
    /// <exception cref="UsageException">The timing does not suit the network.</exception>
    public virtual Network ApplyTo(Network network) => network;

    /// <summary>Free timing of a network; null in reproducible timing.</summary>
    public virtual FreeTiming? FreeOf(Network network) => null;

    public sealed override string ToString() => string.Join(' ', Options.Skip(1).DefaultIfEmpty(ExactTiming.Mode));

    private sealed record ExactTiming : TimingRequest
    {
        public const string Mode = "exact";
    }
}

/// <summary>Delayed timing: spikes late and lost, drawn from the network's seed.</summary>
/// <param name="LatencyTicks">Ticks every spike is late.</param>
/// <param name="JitterTicks">Most ticks beyond that.</param>
/// <param name="Loss">Probability that a spike is lost.</param>
/// <param name="Disturbed">Patterns of the projections concerned, with commas between them; null for the usual ones.</param>
internal sealed record DelayedRequest(int LatencyTicks, int JitterTicks, double Loss, string? Disturbed) : TimingRequest
{
    public const string Mode = "delayed";

    public override JsonObject ToJson() => new() { ["latency"] = LatencyTicks, ["jitter"] = JitterTicks, ["loss"] = Loss, ["disturb"] = Disturbed };

    public override TimingRequest Disturbing(string disturbed) => this with { Disturbed = Disturbed ?? disturbed };

    public override IEnumerable<string> Options
    {
        get
        {
            string[] options = ["--timing", Mode];
            if (LatencyTicks > 0) options = [.. options, "--latency", LatencyTicks.ToString(CultureInfo.InvariantCulture)];
            if (JitterTicks > 0) options = [.. options, "--jitter", JitterTicks.ToString(CultureInfo.InvariantCulture)];
            if (Loss > 0) options = [.. options, "--loss", Loss.ToString(CultureInfo.InvariantCulture)];
            return Disturbed is null ? options : [.. options, "--disturb", Disturbed];
        }
    }

    public override Network ApplyTo(Network network)
    {
        try
        {
            var disturbances = (Disturbed ?? "*").Split(',').Select(pattern => new Disturbance(pattern, LatencyTicks, JitterTicks, Loss));
            return new NetworkBuilder(network).SetTiming(new DelayedTiming(network.Seed, [.. disturbances])).Build();
        }
        catch (NetworkException e) when (e.Field.EndsWith(".projections", StringComparison.Ordinal))
        {
            throw new UsageException($"--disturb {Disturbed}: {e.Problem}");
        }
        catch (NetworkException e) when (e.Field == "timing")
        {
            throw new UsageException($"--latency {LatencyTicks} --jitter {JitterTicks}: {e.Problem}");
        }
    }
}

/// <summary>Free timing.</summary>
/// <param name="TickMicroseconds">Microseconds a tick takes; null for as long as the tick stands for.</param>
internal sealed record FreeRequest(int? TickMicroseconds) : TimingRequest
{
    public const string Mode = "free";

    public override IEnumerable<string> Options => TickMicroseconds is { } us ? ["--timing", Mode, "--tick-us", us.ToString(CultureInfo.InvariantCulture)] : ["--timing", Mode];

    public override FreeTiming FreeOf(Network network) => new(TickMicroseconds ?? (int)Math.Clamp(Math.Round(network.TimeStepMs * 1e3), 1, int.MaxValue));
}
