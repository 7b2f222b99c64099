using System.Runtime.Serialization;
using ActorSnn.Mesh.Akka.Nodes;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Stores;
using Akka.Actor;
using Akka.Serialization;
using Hyperion;

namespace ActorSnn.Mesh.Akka.Wire;

/// <summary>
/// Control messages and greetings by Hyperion, of <see cref="KnownTypes"/> alone. How it is set is part of the protocol, so that nothing of it can be configured. What it writes is never kept: journals and stores have formats of their own.
/// </summary>
/// <param name="system">The actor system.</param>
internal sealed class ControlSerializer(ExtendedActorSystem system) : HyperionSerializer(system, Fixed)
{
    private static readonly HyperionSerializerSettings Fixed = new(
        preserveObjectReferences: false,
        versionTolerance: false,
        knownTypesProvider: null,
        packageNameOverrides: [],
        // A list may be of any type that has one; its elements are all that counts.
        surrogates: [Surrogate.Create<CheckpointManifest, ManifestSurrogate>(ManifestSurrogate.Of, s => s.ToManifest())],
        disallowUnsafeType: true,
        typeFilter: KnownTypes.Instance);

    /// <inheritdoc/>
    public override int Identifier => 7402;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        if (obj is not (ControlMessage or Greeting)) throw new SerializationException($"{obj.GetType()} is no control message");
        byte[] bytes = base.ToBinary(obj);
        // On writing Hyperion looks at the outermost type only; on reading at all. Whether it is too long is for whoever sends it.
        base.FromBinary(bytes, obj.GetType());
        return bytes;
    }

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type)
    {
        if (bytes.Length > ControlMessage.MaxBytes) throw new SerializationException($"a control message of {bytes.Length} bytes; at most {ControlMessage.MaxBytes} are possible");
        object message = base.FromBinary(bytes, type);
        return message is ControlMessage or Greeting ? message : throw new SerializationException("something that is no control message");
    }
}

/// <summary>A manifest as it travels.</summary>
internal sealed record ManifestSurrogate(long Tick, long Epoch, StoredPart[] Parts, string Notes)
{
    public static ManifestSurrogate Of(CheckpointManifest manifest) => new(manifest.Tick, manifest.Epoch, [.. manifest.Parts], manifest.Notes);

    public CheckpointManifest ToManifest() => new(Tick, Epoch, Parts, Notes);
}
