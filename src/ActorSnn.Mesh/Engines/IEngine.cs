using System.Collections.Immutable;
using ActorSnn.Cores;

namespace ActorSnn.Mesh;

/// <summary>What runs the cores of a mesh.</summary>
public interface IEngine
{
    /// <summary>Name, as given on the command line.</summary>
    string Name { get; }

    /// <summary>Builds a mesh that stands before tick 0.</summary>
    /// <param name="placement">The placed network.</param>
    /// <param name="options">How to run it.</param>
    /// <exception cref="ArgumentException">The engine has no links that can be disturbed, or does so in exact and delayed timing only, and something else was asked for.</exception>
    IMesh Build(Placement placement, MeshOptions? options = null);
}

/// <summary>How a mesh is run. No choice changes a result, but free timing does.</summary>
/// <param name="Threads">
/// Worker threads, never more than cores; null for as many as the network is worth: one for each <see cref="SynapseBytesPerThread"/>, at most one a
/// processor. Threads that meet at every tick cost more than they bring where a tick is short.
/// </param>
/// <param name="RunAhead">Ticks a core may be ahead of a consumer; null for 64, and never less than the longest delay + 1.</param>
/// <param name="Core">How cores compute.</param>
/// <param name="Timing">Free timing, of engines that have it; null for the reproducible timing of the network, exact or delayed.</param>
public sealed record MeshOptions(int? Threads = null, int? RunAhead = null, CoreOptions? Core = null, FreeTiming? Timing = null)
{
    /// <summary>Bytes of synapses that are worth a thread of their own.</summary>
    public const long SynapseBytesPerThread = 1 << 20;

    /// <summary>
    /// Whether links between cores shall be such that frames on them can be disturbed on purpose, and repaired: they then go through the protocol of links between nodes, which costs time. Not every engine has such links;
    /// one that has not refuses to build.
    /// </summary>
    public bool WithDisturbableLinks { get; init; }

    /// <summary>The number of threads for a placement.</summary>
    public int ThreadsFor(Placement placement)
    {
        long worth = placement.Cores.Sum(c => c.SynapseBytes) / SynapseBytesPerThread;
        return Math.Clamp(Threads ?? (int)Math.Min(worth, Environment.ProcessorCount), 1, placement.Cores.Length);
    }

    /// <summary>The run-ahead for a network.</summary>
    /// <param name="maxDelay">Its longest delay, in ticks.</param>
    public int RunAheadFor(int maxDelay) => Math.Max(RunAhead ?? 64, maxDelay + 1);
}

/// <summary>A network on its cores, run by an engine. Members other than <see cref="RunTo"/> are called while it stands still.</summary>
public interface IMesh : IDisposable
{
    /// <summary>Which core holds what.</summary>
    Placement Placement { get; }

    /// <summary>Worker threads.</summary>
    int Threads { get; }

    /// <summary>The last tick all cores have run; -1 before the first.</summary>
    long Tick { get; }

    /// <summary>Traffic since the start.</summary>
    MeshTraffic Traffic { get; }

    /// <summary>What free timing did since the start; null in reproducible timing.</summary>
    FreeFigures? Free => null;

    /// <summary>Runs all cores through a tick.</summary>
    /// <param name="tick">Last tick to run.</param>
    /// <param name="cancellation">When cancelled, the mesh stops as soon as all cores can stand at one same tick.</param>
    /// <returns>The tick all cores stand at: <paramref name="tick"/>, or an earlier one after a cancellation.</returns>
    /// <exception cref="CoreFailedException">A core threw; the mesh can no longer be used.</exception>
    long RunTo(long tick, CancellationToken cancellation = default);

    /// <summary>The state of the whole network at <see cref="Tick"/>.</summary>
    NetworkState Capture();

    /// <summary>Continues from a state, whatever placement it was captured under.</summary>
    /// <exception cref="ArgumentException">The state is of another network.</exception>
    void Restore(NetworkState state);

    /// <summary>What the probes recorded since this was last called.</summary>
    Recordings TakeRecordings();
}

/// <summary>What went over the links of a mesh.</summary>
/// <param name="PerLink">One entry a link, by sender, then receiver; also of links nothing went over yet.</param>
public sealed record MeshTraffic(ImmutableArray<LinkTraffic> PerLink)
{
    /// <summary>Packets sent.</summary>
    public long Packets => PerLink.Sum(l => l.Packets);

    /// <summary>Packets among them without a spike.</summary>
    public long EmptyPackets => PerLink.Sum(l => l.EmptyPackets);

    /// <summary>Bytes of all packets.</summary>
    public long Bytes => PerLink.Sum(l => l.Bytes);
}

/// <summary>What one core sent to another.</summary>
/// <param name="From">The sender.</param>
/// <param name="To">The receiver.</param>
/// <param name="Packets">Packets sent.</param>
/// <param name="EmptyPackets">Packets among them without a spike: promises alone.</param>
/// <param name="Bytes">Bytes of all packets.</param>
public readonly record struct LinkTraffic(int From, int To, long Packets, long EmptyPackets, long Bytes)
{
    internal LinkTraffic Plus(SpikePacket packet) =>
        new(From, To, Packets + 1, EmptyPackets + (packet.IsEmpty ? 1 : 0), Bytes + packet.Length * sizeof(ulong));
}

/// <summary>A core threw while it ran a tick.</summary>
/// <param name="core">The core.</param>
/// <param name="tick">The tick it was to run.</param>
/// <param name="cause">What it threw.</param>
public sealed class CoreFailedException(int core, long tick, Exception cause)
    : Exception($"core {core} failed at tick {tick}: {cause.Message}", cause)
{
    /// <summary>The core.</summary>
    public int Core { get; } = core;

    /// <summary>The tick it was to run.</summary>
    public long Tick { get; } = tick;
}
