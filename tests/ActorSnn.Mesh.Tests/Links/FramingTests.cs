using System.Buffers;
using System.Buffers.Binary;
using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Tests.Links;

public class FramingTests
{
    private readonly RefusalCounters _refusals = new();

    [Fact]
    public void Frames_come_out_as_they_went_in_however_the_bytes_are_cut()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var stream = new ArrayBufferWriter<byte>();
            var frames = new List<byte[]>();
            for (int i = 0; i < 20; i++)
            {
                var frame = new byte[random.Next(10) == 0 ? random.Next(1, Framing.MaxSealedFrame + 1) : random.Next(1, 100)];
                random.NextBytes(frame);
                frames.Add(frame);
                Framing.Write(stream, frame, seal: null);
            }

            var reader = new FrameReader(Framing.MaxSealedFrame, _refusals);
            int read = 0, most = random.Next(3) switch { 0 => 3, 1 => 200, _ => 200_000 };
            for (var left = stream.WrittenSpan; left.Length > 0;)
            {
                int length = Math.Min(left.Length, random.Next(0, most + 1));
                var piece = left[..length];
                left = left[length..];
                while (reader.TryRead(ref piece, out var frame)) Assert.True(frame.SequenceEqual(frames[read++]), $"frame {read} (seed {seed})");
                Assert.True(piece.IsEmpty);
            }
            Assert.Equal(frames.Count, read);
            Assert.Null(reader.Broken);
        }
        Assert.Equal(0, _refusals.Total);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1025u)]
    [InlineData(0x7FFF_FFFFu)]
    [InlineData(0xFFFF_FFFFu)]
    public void A_length_out_of_bounds_breaks_the_stream_for_good_and_is_counted_once(uint length)
    {
        for (int cut = 0; cut <= 4; cut++)
        {
            var refusals = new RefusalCounters();
            var reader = new FrameReader(Handshake.MaxFrame, refusals);
            var prefix = new byte[8];
            BinaryPrimitives.WriteUInt32LittleEndian(prefix, length);
            ReadOnlySpan<byte> first = prefix.AsSpan(0, cut), second = prefix.AsSpan(cut), third = [1, 0, 0, 0, 7];

            Assert.False(reader.TryRead(ref first, out _));
            Assert.False(reader.TryRead(ref second, out _));
            Assert.False(reader.TryRead(ref third, out _));

            Assert.True(second.IsEmpty && third.IsEmpty);
            Assert.Equal($"a frame of {length} bytes: between 1 and 1024 are possible", reader.Broken);
            Assert.Equal((1, 1), (refusals[Refusal.Length], refusals.Total));
        }
    }

    [Fact]
    public void The_limit_can_be_raised_between_two_frames_of_one_piece()
    {
        var stream = new ArrayBufferWriter<byte>();
        Framing.Write(stream, new byte[1024], null);
        Framing.Write(stream, new byte[2000], null);
        var reader = new FrameReader(Handshake.MaxFrame, _refusals);
        var bytes = stream.WrittenSpan;
        Assert.True(reader.TryRead(ref bytes, out _));
        reader.Limit = Framing.MaxSealedFrame;
        Assert.True(reader.TryRead(ref bytes, out var second));
        Assert.Equal(2000, second.Length);
    }

    [Fact]
    public void A_promised_length_takes_no_memory_before_its_bytes_come()
    {
        var reader = new FrameReader(Framing.MaxSealedFrame, _refusals);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ReadOnlySpan<byte> half = [0x40, 0, 1, 0, 1, 2, 3];
        Assert.False(reader.TryRead(ref half, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    [Fact]
    public void Random_bytes_break_the_stream_and_nothing_else()
    {
        for (int seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var refusals = new RefusalCounters();
            var reader = new FrameReader(Handshake.MaxFrame, refusals);
            var bytes = new byte[500];
            for (int i = 0; i < 20; i++)
            {
                random.NextBytes(bytes);
                ReadOnlySpan<byte> piece = bytes.AsSpan(0, random.Next(bytes.Length));
                while (reader.TryRead(ref piece, out var frame)) Assert.InRange(frame.Length, 1, Handshake.MaxFrame);
            }
            Assert.True(reader.Broken is not null && refusals.Total == 1, $"seed {seed}");
        }
    }
}
