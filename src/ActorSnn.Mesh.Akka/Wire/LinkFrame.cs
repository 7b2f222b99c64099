using System.Buffers.Binary;
using System.Runtime.Serialization;
using ActorSnn.Mesh.Links;
using Akka.Actor;
using Akka.Serialization;

namespace ActorSnn.Mesh.Akka.Wire;

/// <summary>A frame of the link between two nodes, on its way from one node's actor to the other's. What is in it, spikes above all, is the business of <see cref="LinkMachine"/>.</summary>
/// <param name="Connection">Drawn by the receiver for this connection: what was sent over an earlier one does not count.</param>
/// <param name="Bytes">The frame, from <see cref="LinkHead.Size"/> to <see cref="Framing.MaxFrame"/> bytes.</param>
internal sealed record LinkFrame(ulong Connection, byte[] Bytes);

/// <summary>
/// Turns <see cref="LinkFrame"/> into bytes and back. Nothing that comes in is believed.
/// <para>
/// <b>Version 1</b>, manifest <c>frame-1</c>, little-endian: [0] length of the frame, 32 bits; [4] zero; [8] connection; [16] the frame.
/// </para>
/// </summary>
/// <param name="system">The actor system.</param>
internal sealed class LinkFrameSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Bytes before the frame.</summary>
    public const int HeadSize = 16;

    /// <summary>Bytes of the longest message; <c>maximum-frame-size</c> of the transport must be larger, as addresses come on top.</summary>
    public const int MaxBytes = HeadSize + Framing.MaxFrame;

    private const string Version1 = "frame-1";

    /// <inheritdoc/>
    public override int Identifier => 7401;

    /// <inheritdoc/>
    public override string Manifest(object o) => o is LinkFrame ? Version1 : throw new ArgumentException($"{o.GetType().Name} is no frame of a link");

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        if (obj is not LinkFrame frame) throw new ArgumentException($"{obj.GetType().Name} is no frame of a link");
        if (FaultOf(frame.Bytes.Length) is { } fault) throw new SerializationException(fault);
        var bytes = new byte[HeadSize + frame.Bytes.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, frame.Bytes.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), frame.Connection);
        frame.Bytes.CopyTo(bytes, HeadSize);
        return bytes;
    }

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (manifest != Version1) throw new SerializationException($"a frame of version \"{manifest}\"; this build reads {Version1}");
        if (bytes.Length < HeadSize) throw new SerializationException($"a frame of {bytes.Length} bytes, less than its head");
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length != bytes.Length - HeadSize) throw new SerializationException($"a frame of {bytes.Length - HeadSize} bytes that says it has {length}");
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4)) != 0) throw new SerializationException("a frame with something where zero has to be");
        if (FaultOf(length) is { } fault) throw new SerializationException(fault);
        return new LinkFrame(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8)), bytes[HeadSize..]);
    }

    private static string? FaultOf(int length) =>
        length is >= LinkHead.Size and <= Framing.MaxFrame ? null : $"a frame of {length} bytes; they have {LinkHead.Size} to {Framing.MaxFrame}";
}
