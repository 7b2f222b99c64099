using System.Text.Json;
using System.Text.Json.Nodes;
using ActorSnn.Cores;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh;

/// <summary>What a checkpoint is called.</summary>
/// <param name="Store">Address of the store it is in.</param>
/// <param name="Tick">Its tick: the last one run.</param>
public sealed record CheckpointName(string Store, long Tick)
{
    /// <summary>For people.</summary>
    public override string ToString() => $"checkpoint {Tick} in {Store}";
}

/// <summary>The state of a whole network at one tick, as read from a store: its parts, and notes about the run.</summary>
public sealed class Checkpoint
{
    private readonly List<(string Name, byte[] Content)> _parts;

    private Checkpoint(CheckpointName name, List<(string Name, byte[] Content)> parts, JsonObject run)
    {
        (Name, _parts, Run) = (name, parts, run);
        if (parts.Count == 0) throw new ArchiveException($"{name}", "has no state to go on from");
        NetworkHash = StatePart.NetworkHashOf(parts[0].Content, parts[0].Name);
    }

    /// <summary>What it is called.</summary>
    public CheckpointName Name { get; }

    /// <summary>The last tick run.</summary>
    public long Tick => Name.Tick;

    /// <summary>Hash of the network.</summary>
    public string NetworkHash { get; }

    /// <summary>What whoever ran the network wrote down about the run.</summary>
    public JsonObject Run { get; }

    /// <summary>A value of <see cref="Run"/>.</summary>
    /// <typeparam name="T">string, bool or a number.</typeparam>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArchiveException">It is missing or of another type.</exception>
    public T RequireOfRun<T>(string name) => Run[name] is JsonValue value && value.TryGetValue(out T? result)
        ? result
        : throw new ArchiveException($"{Name}", $"\"{name}\" in its notes is {Run[name]?.ToJsonString() ?? "missing"}; another kind of run wrote it, or another build");

    /// <summary>The state, for <see cref="IMesh.Restore"/>.</summary>
    /// <param name="network">The network it was captured from, or an equal one.</param>
    /// <exception cref="ArchiveException">It is of another network, or its parts are damaged or do not hold all of it.</exception>
    public NetworkState StateOf(Network network)
    {
        if (NetworkHash != network.Hash) throw new ArchiveException($"{Name}", $"is of network {NetworkHash[..12]}; this one is {network.Hash[..12]}");
        var state = new NetworkState(network, Tick);
        foreach (var (name, content) in _parts) StatePart.MergeInto(state, content, name);
        StatePart.RequireWhole(state, $"{Name}");
        return state;
    }

    /// <summary>Reads the parts of a checkpoint.</summary>
    /// <exception cref="DamagedPartException">A part is missing or damaged.</exception>
    /// <exception cref="ArchiveException">It is whole, but not of this build.</exception>
    /// <exception cref="StoreException">The store cannot be reached.</exception>
    internal static Checkpoint Read(IRunStore store, string run, CheckpointManifest manifest)
    {
        var name = new CheckpointName(store.Address, manifest.Tick);
        var parts = new List<(string, byte[])>();
        foreach (var part in manifest.Parts.Where(p => p.Key.Kind == PartKind.State)) parts.Add(($"part {part.Key.Number} of {name}", store.ReadPart(run, part)));
        return new Checkpoint(name, parts, NotesOf(name, manifest.Notes));
    }

    private static JsonObject NotesOf(CheckpointName name, string notes)
    {
        try
        {
            if (JsonNode.Parse(notes) is JsonObject json) return json;
        }
        catch (JsonException)
        {
            // Said below.
        }
        throw new ArchiveException($"{name}", "its notes are no JSON object");
    }
}
