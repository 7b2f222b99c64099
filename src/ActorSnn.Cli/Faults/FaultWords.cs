using System.Globalization;
using ActorSnn.Mesh.Faults;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Faults;

/// <summary>The faults of a scenario in words, for reports.</summary>
internal static class FaultWords
{
    /// <summary>Whom a fault hits.</summary>
    public static string TargetOf(ScenarioFault fault) => fault switch
    {
        BrokenNeurons f => $"{f.Neurons.Populations}{Listed(f.Neurons.Neurons?.Length, "neuron")}",
        FlippedBits f => $"{f.Synapses.Projections}{Listed(f.Synapses.Pairs?.Length, "synapse")}{Bit(f.Bit)}",
        StuckBits f => $"{f.Synapses.Projections}{Listed(f.Synapses.Pairs?.Length, "synapse")}{Bit(f.Bit)}",
        DisturbedSpikes f => f.Disturbance.Projections,
        LinkFault f => $"links {f.From} -> {f.To}",
        SlowCore f => $"cores {f.Cores}",
        KilledCore f => $"{(f.ChoosesOne ? "one of " : "")}cores {f.Cores}",
        NodeFault f => $"{(f.ChoosesOne ? "one of " : "")}nodes {f.Nodes}",
        CutNodes f => $"nodes {f.One} | {f.Other}",
        _ => "",
    };

    /// <summary>How much of it, and how often it happens.</summary>
    public static string ExtentOf(ScenarioFault fault) => fault switch
    {
        BrokenNeurons f => $"{Share(f.Neurons.Neurons is null, f.Neurons.Share)}{(f.EveryTicks is { } every ? $", a spike every {every} ticks" : "")}",
        FlippedBits { PerTick: { } perTick } => $"{Number(perTick)} a tick in each",
        FlippedBits f => $"{Share(f.Synapses.Pairs is null, f.Synapses.Share)}, once",
        StuckBits f => $"{Share(f.Synapses.Pairs is null, f.Synapses.Share)}, read as {(f.Value ? 1 : 0)}",
        DisturbedSpikes { Disturbance: { Loss: > 0 } d } => Percent(d.Loss),
        DisturbedSpikes { Disturbance: { Duplication: > 0 } d } => Percent(d.Duplication),
        DisturbedSpikes f => $"{Percent(f.Disturbance.Delayed)} by {Range(f.Disturbance.LatencyTicks, f.Disturbance.JitterTicks)} {(f.Disturbance.LatencyTicks + f.Disturbance.JitterTicks == 1 ? "tick" : "ticks")}",
        LinkFault { What: LinkFaultKind.Delay } f => $"{Percent(f.Rate)} by {Range(f.DelayMs, f.JitterMs)} ms",
        LinkFault f => Percent(f.Rate),
        SlowCore f => $"{Number(f.MicrosecondsPerTick)} us a tick",
        MachineFault { PerSecond: { } perSecond } f => $"{Number(perSecond)} a second{Frozen(f)}",
        MachineFault f => $"once{Frozen(f)}",
        _ => "",
    };

    /// <summary>When it begins and ends.</summary>
    public static string TimeOf(ScenarioFault fault) => fault.Until is { } until ? $"{TimeOf(fault.At)} until {TimeOf(until)}" : $"{TimeOf(fault.At)}{(Lasts(fault) ? " on" : "")}";

    private static string TimeOf(ScenarioTime time) => time.Unit == TimeUnit.Seconds ? $"{Number(time.Value)} s" : FormattableString.Invariant($"{(time.Unit == TimeUnit.Tick ? "tick" : "sample")} {time.Value:#,0}");

    private static bool Lasts(ScenarioFault fault) =>
        fault is BrokenNeurons or StuckBits or DisturbedSpikes or LinkFault or SlowCore or CutNodes { Heals: false } or FlippedBits { PerTick: not null } or MachineFault { PerSecond: not null };

    private static string Frozen(MachineFault fault) => fault is NodeFault { What: NodeFaultKind.Freeze } f ? $", for {Number(f.Seconds)} s" : "";

    private static string Listed(int? count, string what) => count is { } n ? $", {n} {what}{(n == 1 ? "" : "s")}" : "";

    private static string Bit(int? bit) => bit is { } b ? $", bit {b}" : "";

    private static string Share(bool isDrawn, double share) => isDrawn ? share == 1 ? "all" : Percent(share) : "those listed";

    private static string Range(double least, double more) => more == 0 ? Number(least) : $"{Number(least)} to {Number(least + more)}";

    private static string Percent(double fraction) => $"{Number(100 * fraction)} %";

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
