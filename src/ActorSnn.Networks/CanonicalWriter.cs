using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ActorSnn.Networks;

/// <summary>
/// Feeds values to SHA-256 in one unambiguous form: integers and IEEE doubles little-endian, strings as UTF-8 and byte runs with
/// their length first. Equal descriptions give equal hashes on every machine.
/// </summary>
public sealed class CanonicalWriter : IDisposable
{
    private readonly IncrementalHash _sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Writes a 32-bit integer.</summary>
    public CanonicalWriter Write(int value) => Write((long)value);

    /// <summary>Writes a 64-bit integer.</summary>
    public CanonicalWriter Write(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        _sha.AppendData(bytes);
        return this;
    }

    /// <summary>Writes a double by its bits.</summary>
    public CanonicalWriter Write(double value) => Write(BitConverter.DoubleToInt64Bits(value));

    /// <summary>Writes a string.</summary>
    public CanonicalWriter Write(string value) => Write(Encoding.UTF8.GetBytes(value));

    /// <summary>Writes a run of bytes, length first.</summary>
    public CanonicalWriter Write(ReadOnlySpan<byte> bytes)
    {
        Write((long)bytes.Length);
        _sha.AppendData(bytes);
        return this;
    }

    /// <summary>The SHA-256 of everything written; the writer starts anew.</summary>
    public byte[] Finish() => _sha.GetHashAndReset();

    /// <inheritdoc/>
    public void Dispose() => _sha.Dispose();
}
