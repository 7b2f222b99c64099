using System.Security.Cryptography;

namespace ActorSnn.Networks;

/// <summary>
/// Networks as bytes, for sending one to where it will run: every network that can be built comes back as it was, name, probes, samples and shared
/// arrays included. Files that people read and keep are <see cref="NetworkFile"/>'s.
/// <para>
/// <b>Format.</b> Eight bytes <c>ASNNNET</c> and 0; the version, 32 bits; sections, each a name of four letters, its length in bytes (32 bits) and so many bytes; the
/// SHA-256 of everything before it. Numbers are little-endian. Sections stand in a fixed order; one with nothing to say is left out; one that is
/// not known is refused, for what it says may change spikes. What several parts of a network share (arrays of weights, learning rules, frames and their order)
/// stands once. Equal networks that share the same things give equal bytes.
/// </para>
/// <para>
/// <b>Checks.</b> Nothing is believed: the checksum covers every byte, every length is compared with the bytes there are before memory is taken, and
/// everything read goes through <see cref="NetworkBuilder"/>.
/// </para>
/// </summary>
public static class NetworkBytes
{
    /// <summary>The version of the format.</summary>
    internal const int Version = 2;

    /// <summary>The sections, in their order.</summary>
    internal static readonly string[] Sections = [Head, Presentations, Frames, Intensities, Weights, Rules, Populations, Projections, Inputs, Probes, Timing, Faults];

    internal const string Head = "HEAD";
    internal const string Presentations = "PRES";
    internal const string Frames = "FRAM";
    internal const string Intensities = "INTS";
    internal const string Weights = "WGHT";
    internal const string Rules = "RULE";
    internal const string Populations = "POPS";
    internal const string Projections = "PROJ";
    internal const string Inputs = "INPS";
    internal const string Probes = "PROB";
    internal const string Timing = "TIME";
    internal const string Faults = "FLTS";

    private static ReadOnlySpan<byte> Magic => "ASNNNET\0"u8;

    /// <summary>A network as bytes.</summary>
    /// <param name="network">The network.</param>
    /// <exception cref="NetworkException">A population's model is none of this library's, or the network takes more bytes than an array can hold.</exception>
    public static byte[] Write(Network network)
    {
        var blob = new BlobWriter();
        blob.Raw(Magic);
        blob.Int32(Version);
        new NetworkBytesWriter(blob, network).Write();
        blob.Raw(SHA256.HashData(blob.Written));
        return blob.Written.ToArray();
    }

    /// <summary>Reads a network.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="name">What to call them in errors: where they come from.</param>
    /// <exception cref="NetworkException">They are no network, damaged, or of another version; <see cref="NetworkException.File"/> is <paramref name="name"/>.</exception>
    public static Network Read(ReadOnlyMemory<byte> bytes, string name)
    {
        try
        {
            return Read(bytes);
        }
        catch (NetworkException e)
        {
            throw new NetworkException(e.Field, e.Problem, name, e);
        }
    }

    private static Network Read(ReadOnlyMemory<byte> bytes)
    {
        if (!bytes.Span.StartsWith(Magic)) throw new NetworkException("", "is no network in bytes, which begins with ASNNNET");
        int head = Magic.Length + sizeof(int);
        if (bytes.Length < head + SHA256.HashSizeInBytes) throw new NetworkException("", $"is damaged: it ends after {bytes.Length} bytes");
        int version = new BlobReader(bytes[Magic.Length..], "head").Int32();
        if (version != Version) throw new NetworkException("version", $"{version}; this build reads version {Version}");
        var checksum = bytes[^SHA256.HashSizeInBytes..];
        bytes = bytes[..^SHA256.HashSizeInBytes];
        if (!checksum.Span.SequenceEqual(SHA256.HashData(bytes.Span))) throw new NetworkException("", $"is damaged: its {bytes.Length:#,0} bytes do not match their checksum");
        return new NetworkBytesReader(new BlobReader(bytes[head..], "list of sections")).Read();
    }
}
