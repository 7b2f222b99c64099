using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorSnn.Networks;

namespace ActorSnn.Stores;

/// <summary>
/// Small JSON files that a user can read and that notice damage: the last property of the object, "sha256", is the checksum of all bytes before its comma.
/// </summary>
internal static class CheckedJson
{
    private static ReadOnlySpan<byte> Marker => ",\n  \"sha256\": \""u8;

    private static ReadOnlySpan<byte> End => "\"\n}\n"u8;

    /// <summary>Writes an object that is not empty, whole or not at all.</summary>
    /// <param name="file">The file.</param>
    /// <param name="content">What to write; has no property "sha256".</param>
    /// <exception cref="IOException">It cannot be written; the message is one line that names the file.</exception>
    public static void Write(string file, JsonObject content)
    {
        string text = content.ToJsonString(Parts.Readable);
        byte[] body = Encoding.UTF8.GetBytes(text[..text.LastIndexOf('\n')]);
        AtomicFile.Write(file, stream =>
        {
            stream.Write(body);
            stream.Write(Marker);
            stream.Write(Encoding.ASCII.GetBytes(Parts.Sha256(body)));
            stream.Write(End);
        });
    }

    /// <summary>Reads an object.</summary>
    /// <param name="file">The file.</param>
    /// <returns>The object; null when it is not as it was written.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    public static JsonObject? TryRead(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        int at = bytes.AsSpan().LastIndexOf(Marker);
        if (at < 0) return null;
        var body = bytes.AsSpan(0, at);
        byte[] rest = [.. Marker, .. Encoding.ASCII.GetBytes(Parts.Sha256(body)), .. End];
        if (!bytes.AsSpan(at).SequenceEqual(rest)) return null;
        try
        {
            return JsonNode.Parse(bytes) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
