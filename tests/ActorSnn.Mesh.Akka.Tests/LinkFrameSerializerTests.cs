using System.Runtime.Serialization;
using ActorSnn.Mesh.Akka.Wire;
using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Akka.Tests;

public sealed class LinkFrameSerializerTests(NodeSystem node) : IClassFixture<NodeSystem>
{
    private const int Identifier = 7401;

    [Theory]
    [InlineData(LinkHead.Size)]
    [InlineData(4096)]
    [InlineData(Framing.MaxFrame)]
    public void A_frame_arrives_as_it_was_sent(int length)
    {
        var frame = new LinkFrame(0xFEDC_BA98_7654_3210, Some(length));
        var serializer = Assert.IsType<LinkFrameSerializer>(node.Serialization.FindSerializerFor(frame));
        Assert.Equal((Identifier, "frame-1"), (serializer.Identifier, serializer.Manifest(frame)));
        var arrived = node.ThereAndBack(frame);
        Assert.Equal(frame.Connection, arrived.Connection);
        Assert.Equal(frame.Bytes, arrived.Bytes);
    }

    [Theory]
    [InlineData(LinkHead.Size - 1)]
    [InlineData(0)]
    [InlineData(Framing.MaxFrame + 1)]
    public void A_frame_too_short_or_too_long_is_not_sent(int length) =>
        Assert.Throws<SerializationException>(() => node.Serialization.FindSerializerForType(typeof(LinkFrame)).ToBinary(new LinkFrame(1, new byte[length])));

    [Fact]
    public void A_frame_of_another_version_is_refused_and_the_known_one_named()
    {
        byte[] bytes = Written(100);
        foreach (string manifest in (string[])["frame-2", "", "ActorSnn.Mesh.Akka.Wire.LinkFrame, ActorSnn.Mesh.Akka"])
        {
            var refused = Assert.Throws<SerializationException>(() => node.Serialization.Deserialize(bytes, Identifier, manifest));
            Assert.Equal($"a frame of version \"{manifest}\"; this build reads frame-1", refused.Message);
        }
    }

    [Fact]
    public void A_frame_that_was_cut_off_or_lengthened_is_refused()
    {
        byte[] bytes = Written(100);
        for (int length = 0; length < bytes.Length; length++) Refused(bytes[..length]);
        Refused([.. bytes, 0]);
        Refused(new byte[LinkFrameSerializer.MaxBytes + 1]);
    }

    [Theory]
    [InlineData(0, 101)]
    [InlineData(0, -1)]
    [InlineData(4, 1)]
    public void A_head_that_cannot_be_is_refused(int at, int value)
    {
        byte[] bytes = Written(100);
        BitConverter.TryWriteBytes(bytes.AsSpan(at), value);
        Refused(bytes);
    }

    [Fact]
    public void The_transport_takes_the_longest_frame()
    {
        long limit = node.System.Settings.Config.GetByteSize("akka.remote.dot-netty.tcp.maximum-frame-size", null)!.Value;
        // Addresses of sender and receiver come on top.
        Assert.InRange(LinkFrameSerializer.MaxBytes + 2048, 0, limit);
    }

    private void Refused(byte[] bytes) => Assert.Throws<SerializationException>(() => node.Serialization.Deserialize(bytes, Identifier, "frame-1"));

    private byte[] Written(int length) => node.Serialization.FindSerializerForType(typeof(LinkFrame)).ToBinary(new LinkFrame(7, Some(length)));

    private static byte[] Some(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
