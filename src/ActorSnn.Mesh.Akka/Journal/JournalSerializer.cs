using System.Runtime.Serialization;
using System.Text.Json;
using ActorSnn.Mesh.Cluster;
using Akka.Actor;
using Akka.Serialization;

namespace ActorSnn.Mesh.Akka.Journal;

/// <summary>
/// How decisions and snapshots are kept: JSON in UTF-8, each under a manifest with a version of its own. Journals outlive builds: a later version reads all earlier ones, and what is not known is refused.
/// </summary>
/// <param name="system">The actor system.</param>
internal sealed class JournalSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private static readonly Dictionary<string, Type> Versions = new()
    {
        ["epoch-raised-1"] = typeof(EpochRaised),
        ["checkpoint-committed-1"] = typeof(CheckpointCommitted),
        ["run-ended-1"] = typeof(RunEnded),
        ["store-found-1"] = typeof(StoreFound),
        ["run-gone-1"] = typeof(RunGone),
        ["journal-1"] = typeof(RunJournal),
    };

    private static readonly Dictionary<Type, string> Newest = Versions.ToDictionary(v => v.Value, v => v.Key);

    /// <inheritdoc/>
    public override int Identifier => 7403;

    /// <inheritdoc/>
    public override string Manifest(object o) => Newest.GetValueOrDefault(o.GetType()) ?? throw new ArgumentException($"{o.GetType().Name} is nothing that a journal keeps");

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        _ = Manifest(obj);
        return JsonSerializer.SerializeToUtf8Bytes(obj, obj.GetType(), ControlMessage.Json);
    }

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!Versions.TryGetValue(manifest, out var type)) throw new SerializationException($"\"{manifest}\" in the journal; this build reads {string.Join(", ", Versions.Keys)}");
        try
        {
            return JsonSerializer.Deserialize(bytes, type, ControlMessage.Json) ?? throw new SerializationException($"an empty {manifest} in the journal");
        }
        catch (JsonException e)
        {
            throw new SerializationException($"a damaged {manifest} in the journal: {e.Message}", e);
        }
    }
}
