using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace ActorSnn.Networks;

/// <summary>
/// Networks as files: plain JSON in UTF-8 (no comments, no trailing commas), described field by field in docs/network-files.md and by
/// docs/network.schema.json. Long lists of weights live in NPY files beside.
/// <para>
/// <b>Errors.</b> Whatever is wrong with a file, the answer is a <see cref="NetworkException"/> of one line: the file, the path of the field (or line and byte
/// where it is no JSON), what is wrong, what would be right.
/// </para>
/// </summary>
public static class NetworkFile
{
    /// <summary>Largest file that is read, in bytes.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>Deepest nesting of objects and lists.</summary>
    public const int MaxDepth = 32;

    /// <summary>Lists of more weights than this are written to an NPY file.</summary>
    private const int MostInlineWeights = 1000;

    /// <summary>What "format" says in every network file.</summary>
    internal const string Format = "actorsnn-network";

    /// <summary>The version of the format.</summary>
    internal const int Version = 1;

    /// <summary>Reads a network.</summary>
    /// <param name="path">The file. Names of weight files in it are relative to its directory.</param>
    /// <exception cref="NetworkException">It is missing, unreadable, or no network.</exception>
    public static Network Read(string path)
    {
        try
        {
            return Parse(ReadBytes(path), Path.GetDirectoryName(Path.GetFullPath(path)));
        }
        catch (NetworkException e)
        {
            throw new NetworkException(e.Field, e.Problem, path, e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new NetworkException("", "does not exist", path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NetworkException("", Directory.Exists(path) ? "is a directory; give a network file" : $"cannot be read: {e.Message}", path, e);
        }
    }

    /// <summary>Reads a network from the text of a file.</summary>
    /// <param name="json">The text, in UTF-8.</param>
    /// <param name="directory">Where weight files are; null to refuse them.</param>
    /// <exception cref="NetworkException">It is no network.</exception>
    public static Network Parse(ReadOnlyMemory<byte> json, string? directory = null)
    {
        if (json.Span.StartsWith(Encoding.UTF8.Preamble)) json = json[Encoding.UTF8.Preamble.Length..];
        if (json.IsEmpty) throw new NetworkException("", $"is empty; a network file begins with {{ \"format\": \"{Format}\"");
        if (!Utf8.IsValid(json.Span)) throw new NetworkException("", "is no text in UTF-8, so no network file");
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException e)
        {
            throw new NetworkException($"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", $"is no JSON: {ProblemOf(e)}", inner: e);
        }
        using (document) return new NetworkReader(directory).Read(document.RootElement);
    }

    /// <summary>Writes a network, whole or not at all; reading it again gives an equal network. Long lists of weights go to files beside, named after it.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="network">The network.</param>
    /// <exception cref="NetworkException">The network shows the samples of a data set, which have no place in a network file.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, Network network)
    {
        string full = Path.GetFullPath(path);
        string json = NetworkWriter.Write(network, (projection, values) =>
        {
            if (values.Length <= MostInlineWeights) return null;
            string file = $"{Path.GetFileNameWithoutExtension(full)}.weights-{projection.Index}.npy";
            NpyFile.Write(Path.Combine(Path.GetDirectoryName(full)!, file), values.AsMemory());
            return file;
        });
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(json)));
    }

    /// <summary>A network as the text of a file, with all its weights.</summary>
    /// <param name="network">The network.</param>
    /// <exception cref="NetworkException">The network shows the samples of a data set, which have no place in a network file.</exception>
    public static string ToJson(Network network) => NetworkWriter.Write(network, (_, _) => null);

    private static ReadOnlyMemory<byte> ReadBytes(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        long length = file.CanSeek ? file.Length : 0;
        if (length > MaxBytes) throw TooLarge($"is {length >> 20:#,0} MB");
        // What has no length, as a pipe, is read as far as it may go.
        var bytes = new byte[length > 0 ? length : 1 << 16];
        int count = 0;
        while (true)
        {
            if (count == bytes.Length)
            {
                if (length > 0 || count > MaxBytes) break;
                Array.Resize(ref bytes, 2 * bytes.Length);
            }
            int read = file.Read(bytes, count, bytes.Length - count);
            if (read == 0) break;
            count += read;
        }
        if (count > MaxBytes) throw TooLarge("goes on beyond");
        return bytes.AsMemory(0, count);
    }

    private static NetworkException TooLarge(string found) =>
        new("", $"{found}; a network file has at most {MaxBytes >> 20} MB, and weights have a place in NPY files beside it");

    private static string ProblemOf(JsonException e)
    {
        // The library ends its sentence with the position in its own words.
        string problem = Before(Before(e.Message, " LineNumber:"), " which is not supported in this mode"); // its advice is for programmers
        return problem.ReplaceLineEndings(" ").TrimEnd('.');

        static string Before(string text, string end) => text.IndexOf(end, StringComparison.Ordinal) is >= 0 and var at ? text[..at] : text;
    }
}
