using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace ActorSnn.Mesh.Akka.Wire;

/// <summary>Stands where Akka.NET has serializers that take any type: a message of a type without a serializer of its own is refused, on writing and on reading.</summary>
internal sealed class RefusingSerializer : Serializer
{
    /// <param name="system">The actor system.</param>
    /// <param name="settings">Those of the serializer whose place it takes.</param>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system) => _ = settings;

    /// <inheritdoc/>
    public override int Identifier => 7404;

    /// <inheritdoc/>
    public override bool IncludeManifest => true;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj.GetType()} is nothing that nodes say to each other");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException($"{type} is nothing that nodes say to each other");
}
