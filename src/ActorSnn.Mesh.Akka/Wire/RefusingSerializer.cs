using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace ActorSnn.Mesh.Akka.Wire;

/// <summary>Stands where Akka.NET has serializers that take any type: a message of a type without a serializer of its own is refused, on writing and on reading.</summary>
/// <param name="system">The actor system.</param>
internal sealed class RefusingSerializer(ExtendedActorSystem system) : Serializer(system)
{
    /// <inheritdoc/>
    public override int Identifier => 7404;

    /// <inheritdoc/>
    public override bool IncludeManifest => true;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj.GetType()} is nothing that nodes say to each other");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException($"{type} is nothing that nodes say to each other");
}
