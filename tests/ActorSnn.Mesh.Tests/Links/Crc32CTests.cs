using System.Text;
using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Tests.Links;

public class Crc32CTests
{
    /// <summary>The values of RFC 3720, B.4, and the usual check value.</summary>
    [Fact]
    public void It_gives_the_published_values()
    {
        Assert.Equal(0xE3069283, Crc32C.Of(Encoding.ASCII.GetBytes("123456789")));
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Of([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, Crc32C.Of([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
    }

    [Fact]
    public void Any_length_equals_the_definition_bit_by_bit()
    {
        var bytes = new byte[70_000];
        new Random(1).NextBytes(bytes);
        foreach (int length in Enumerable.Range(0, 40).Concat(Enumerable.Range(1520, 40)).Concat([3071, 3072, 3073, 4608, 5000, 65_580, 70_000]))
            Assert.True(BitByBit(bytes.AsSpan(0, length)) == Crc32C.Of(bytes.AsSpan(0, length)), $"{length} bytes");
    }

    private static uint BitByBit(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int i = 0; i < 8; i++) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78 : 0);
        }
        return ~crc;
    }
}
