using System.Text.Json.Nodes;
using ActorSnn.Mesh;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems;

/// <summary>In which timing a network ran, and what that did.</summary>
/// <param name="Mode">The mode.</param>
/// <param name="TickMicroseconds">Microseconds a tick took in free timing.</param>
/// <param name="Free">What free timing did; null in reproducible timing.</param>
internal sealed record TimingResult(string Mode, int? TickMicroseconds, FreeFigures? Free)
{
    /// <summary>The timing of a network that has been run.</summary>
    /// <param name="network">The network.</param>
    /// <param name="timing">Free timing; null in reproducible timing.</param>
    /// <param name="free">What it did.</param>
    public static TimingResult Of(Network network, FreeTiming? timing, FreeFigures? free) => timing is not null
        ? new TimingResult(FreeRequest.Mode, timing.TickMicroseconds, free)
        : new TimingResult(network.Timing is null ? $"{TimingRequest.Exact}" : DelayedRequest.Mode, null, null);

    /// <summary>Adds to a result what scripts look for in those of all runs.</summary>
    public void AddTo(JsonObject json)
    {
        json["timing"] = Mode;
        json["reproducible"] = Free is null;
        if (Free is null) return;
        json["tickUs"] = TickMicroseconds;
        json["sentSpikes"] = Free.Sent;
        json["deliveredSpikes"] = Free.Delivered;
        json["lateSpikes"] = new JsonObject(Free.Late.Index().Where(l => l.Item > 0)
            .Select(l => KeyValuePair.Create(l.Index + 1 < FreeFigures.MostTicksLate ? $"{l.Index + 1}" : $">={l.Index + 1}", (JsonNode?)l.Item)));
        json["mergedSpikes"] = Free.Merged;
        json["droppedSpikes"] = Free.Dropped;
        json["overrunTicks"] = Free.OverrunTicks;
    }

    /// <summary>Late spikes in a few rows: by 1, 2, 3, 4 to 7, 8 to 15 … ticks, and how many; none where there are none.</summary>
    public IEnumerable<(string Ticks, long Spikes)> LateRows()
    {
        if (Free is not { LateSpikes: > 0 }) yield break;
        for (int first = 1; first < FreeFigures.MostTicksLate;)
        {
            int next = first < 4 ? first + 1 : 2 * first;
            yield return (next == first + 1 ? $"{first}" : $"{first} to {next - 1}", Free.Late.AsSpan()[(first - 1)..(next - 1)].ToArray().Sum());
            first = next;
        }
        yield return ($"{FreeFigures.MostTicksLate} and more", Free.Late[^1]);
    }
}
