using System.Security.Cryptography;

namespace ActorSnn.Datasets.Downloads;

/// <summary>Size and checksums of a file's content.</summary>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256.</param>
/// <param name="Checksum">Its checksum by the algorithm asked for.</param>
internal sealed record FileDigest(long Bytes, string Sha256, Checksum Checksum)
{
    /// <summary>Reads a stream from where it stands to its end.</summary>
    /// <param name="stream">Read in pieces.</param>
    /// <param name="published">Its algorithm is computed besides SHA-256.</param>
    /// <param name="progress">Told the bytes read so far.</param>
    /// <param name="stop">Breaks it off.</param>
    public static async Task<FileDigest> ComputeAsync(Stream stream, Checksum published, Action<long> progress, CancellationToken stop)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var other = published.Algorithm == "md5" ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;
        var buffer = new byte[1 << 20];
        long bytes = 0;
        while (await stream.ReadAsync(buffer, stop) is > 0 and var read)
        {
            sha256.AppendData(buffer, 0, read);
            other?.AppendData(buffer, 0, read);
            progress(bytes += read);
        }
        string hex = Convert.ToHexStringLower(sha256.GetHashAndReset());
        return new FileDigest(bytes, hex, other is null ? Checksum.Sha256(hex) : Checksum.Md5(Convert.ToHexStringLower(other.GetHashAndReset())));
    }
}
