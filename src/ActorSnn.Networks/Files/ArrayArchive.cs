using System.Collections.Immutable;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorSnn.Networks;

/// <summary>
/// Named arrays and a description of them in one file: the container of models.
/// <para>
/// <b>Format.</b> A zip archive whose entries are stored, not compressed: <c>manifest.json</c>, and for each array <c>(name).npy</c> in numpy's
/// NPY format 1.0, little-endian, row-major. <c>numpy.load</c> reads the file as it is, with the arrays under their names.
/// </para>
/// <para>
/// <b>Manifest.</b> A JSON object: <c>format</c> is "actorsnn-archive"; <c>kind</c> says what the file is, e.g. "sbp-model"; <c>version</c> is
/// the version of that kind, an integer that grows when older builds could no longer read the file; <c>metadata</c> is an object that
/// belongs to the kind; <c>arrays</c> lists for each array <c>name</c>, <c>dtype</c> (i1, i2, i8, u8 or f4, as in numpy: u8 is an unsigned
/// integer of eight bytes), <c>shape</c>, and <c>sha256</c> (hex) of its whole NPY entry.
/// </para>
/// <para>
/// <b>Checks.</b> Reading believes nothing: a file is taken only if it is whole, has the kind and version asked for, holds the arrays of the
/// manifest and no other entry, and every array has the type, shape and hash the manifest gives. Sizes are compared with the length of
/// the file before memory is taken. Equal content gives equal bytes.
/// </para>
/// </summary>
public sealed class ArrayArchive
{
    private const string Format = "actorsnn-archive";
    private const string ManifestName = "manifest.json";
    private const string ArrayExtension = ".npy";
    private const int MaxDimensions = 8;

    private static readonly JsonSerializerOptions Writing = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<Entry> _arrays = [];

    /// <summary>Starts an archive to be saved.</summary>
    /// <param name="kind">What it will be, e.g. "sbp-model".</param>
    /// <param name="version">Version of the kind, at least 1.</param>
    /// <param name="metadata">Whatever else belongs to it.</param>
    public ArrayArchive(string kind, int version, JsonObject metadata) : this("(new archive)", kind, version, metadata)
    {
    }

    private ArrayArchive(string file, string kind, int version, JsonObject metadata) => (File, Kind, Version, Metadata) = (file, kind, version, metadata);

    /// <summary>The file it was loaded from, as it was given.</summary>
    public string File { get; }

    /// <summary>What the file is.</summary>
    public string Kind { get; }

    /// <summary>Version of the kind.</summary>
    public int Version { get; }

    /// <summary>What the kind keeps besides arrays.</summary>
    public JsonObject Metadata { get; }

    /// <summary>Names of the arrays, in order.</summary>
    public IEnumerable<string> Names => _arrays.Select(a => a.Name);

    /// <summary>Whether a file begins as an archive does.</summary>
    /// <param name="path">The file; false when it is missing or unreadable.</param>
    public static bool IsArchive(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return file.CanSeek && BeginsAsArchive(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The kind of a file, from its manifest alone.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ArchiveException">It is missing, unreadable, or no archive of this format.</exception>
    public static string ReadKind(string path) => Reading(path, file =>
    {
        using var zip = OpenZip(path, file);
        return ReadManifest(path, zip, file).Kind;
    });

    /// <summary>Loads an archive and checks all of it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">The kind it must be.</param>
    /// <param name="version">The version it must have.</param>
    /// <exception cref="ArchiveException">It is missing, unreadable, damaged, or of another kind or version.</exception>
    public static ArrayArchive Load(string path, string kind, int version) => Reading(path, file => Load(file, path, kind, version));

    /// <summary>Loads an archive from memory and checks all of it.</summary>
    /// <param name="content">Its bytes, as <see cref="ToBytes"/> gives them.</param>
    /// <param name="name">What to call it in errors, in place of a file.</param>
    /// <param name="kind">The kind it must be.</param>
    /// <param name="version">The version it must have.</param>
    /// <exception cref="ArchiveException">It is damaged, or of another kind or version.</exception>
    public static ArrayArchive Load(byte[] content, string name, string kind, int version) =>
        Decoding(name, () => Load(new MemoryStream(content), name, kind, version));

    /// <summary>Adds an array; it is not copied.</summary>
    /// <typeparam name="T">sbyte, short, long, ulong or float.</typeparam>
    /// <param name="name">Unique name.</param>
    /// <param name="values">The values, row-major.</param>
    /// <param name="shape">Sizes of the dimensions; their product is the number of values.</param>
    public void Add<T>(string name, T[] values, params ReadOnlySpan<int> shape) where T : unmanaged
    {
        long count = 1;
        foreach (int size in shape) count *= size;
        if (count != values.Length) throw new ArgumentException($"{values.Length} values for a shape of {Describe(shape)}", nameof(values));
        if (!IsName(name) || Names.Contains(name)) throw new ArgumentException($"\"{name}\" is empty or not unique", nameof(name));
        _arrays.Add(new Entry(name, ArchiveType.Of<T>(), [.. shape], values));
    }

    /// <summary>Whether there is an array of that name.</summary>
    public bool Contains(string name) => _arrays.Any(a => a.Name == name);

    /// <summary>An array, not copied.</summary>
    /// <typeparam name="T">sbyte, short, long, ulong or float.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="shape">The shape it must have; a negative size stands for any.</param>
    /// <exception cref="ArchiveException">There is none of that name, type and shape.</exception>
    public T[] Get<T>(string name, params ReadOnlySpan<int> shape) where T : unmanaged
    {
        var type = ArchiveType.Of<T>();
        var array = Find(name);
        bool fits = array.Type == type && array.Shape.Length == shape.Length;
        for (int i = 0; fits && i < shape.Length; i++) fits = shape[i] < 0 || shape[i] == array.Shape[i];
        if (!fits)
            throw new ArchiveException(File, $"array \"{name}\" is {array.Type.Name} {Describe(array.Shape.AsSpan())}; it must be {type.Name} {Describe(shape)}");
        return (T[])array.Values;
    }

    /// <summary>The shape of an array.</summary>
    /// <exception cref="ArchiveException">There is none of that name.</exception>
    public ImmutableArray<int> ShapeOf(string name) => Find(name).Shape;

    /// <summary>A value of the metadata.</summary>
    /// <typeparam name="T">string, bool or a number.</typeparam>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArchiveException">It is missing or of another type.</exception>
    public T Require<T>(string name) => Require<T>(Metadata, name);

    /// <summary>A value of an object within the metadata.</summary>
    /// <typeparam name="T">string, bool or a number.</typeparam>
    /// <param name="parent">The object.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArchiveException">It is missing or of another type.</exception>
    public T Require<T>(JsonObject parent, string name) => parent[name] is JsonValue value && value.TryGetValue(out T? result)
        ? result
        : throw new ArchiveException(File, $"\"{name}\" in its metadata is {parent[name]?.ToJsonString() ?? "missing"}; it must be a {Describe(typeof(T))}");

    /// <summary>Saves the archive, whole or not at all.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(string path) => AtomicFile.Write(path, WriteTo);

    /// <summary>The bytes of the file that <see cref="Save"/> writes.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        WriteTo(stream);
        return stream.ToArray();
    }

    private void WriteTo(Stream stream)
    {
        var manifest = new JsonObject
        {
            ["format"] = Format,
            ["kind"] = Kind,
            ["version"] = Version,
            ["metadata"] = Metadata.DeepClone(),
            ["arrays"] = new JsonArray([.. _arrays.Select(a => new JsonObject
            {
                ["name"] = a.Name,
                ["dtype"] = a.Type.Name,
                ["shape"] = new JsonArray([.. a.Shape.Select(size => JsonValue.Create(size))]),
                ["sha256"] = Hash(a.Header, a.Bytes),
            })]),
        };
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Store(zip, ManifestName, Encoding.UTF8.GetBytes(manifest.ToJsonString(Writing) + "\n"), []);
        foreach (var array in _arrays) Store(zip, array.Name + ArrayExtension, array.Header, array.Bytes);
    }

    private static ArrayArchive Load(Stream file, string path, string kind, int version)
    {
        using var zip = OpenZip(path, file);
        var manifest = ReadManifest(path, zip, file);
        if (manifest.Kind != kind) throw new ArchiveException(path, $"is a \"{manifest.Kind}\" file; a \"{kind}\" file is needed");
        if (manifest.Version != version) throw new ArchiveException(path, $"format version {manifest.Version}; this build reads version {version}");
        var archive = new ArrayArchive(path, kind, version, manifest.Metadata);
        archive.ReadArrays(manifest.Arrays, zip, file.Length);
        return archive;
    }

    private static void Store(ZipArchive zip, string name, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var stream = entry.Open();
        stream.Write(head);
        stream.Write(body);
    }

    private static T Reading<T>(string path, Func<FileStream, T> read)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return Decoding(path, () => read(file));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArchiveException(path, "does not exist", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArchiveException(path, Directory.Exists(path) ? "is a directory; give a file" : $"cannot be read: {OneLine(e.Message)}", e);
        }
    }

    private static T Decoding<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (EndOfStreamException e)
        {
            throw new ArchiveException(path, "is damaged: an entry is cut short; use another copy", e);
        }
        catch (InvalidDataException e)
        {
            throw new ArchiveException(path, $"is damaged: {OneLine(e.Message)}; use another copy", e);
        }
    }

    private static ZipArchive OpenZip(string path, Stream file)
    {
        if (!file.CanSeek) throw new ArchiveException(path, "is not a regular file");
        if (file.Length == 0) throw new ArchiveException(path, "is empty; it is no ActorSnn file");
        if (!BeginsAsArchive(file))
            throw new ArchiveException(path, "is no ActorSnn file: it does not start as a zip archive does");
        file.Position = 0;
        return new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
    }

    private static bool BeginsAsArchive(Stream file)
    {
        Span<byte> start = stackalloc byte[4];
        int read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return read == start.Length && start is [(byte)'P', (byte)'K', 3, 4];
    }

    private static Manifest ReadManifest(string path, ZipArchive zip, Stream file)
    {
        var entry = zip.GetEntry(ManifestName) ?? throw new ArchiveException(path, $"is a zip archive without {ManifestName}, so no ActorSnn file");
        var bytes = ReadStored(path, entry, file.Length);
        if (Crc32(bytes) != entry.Crc32) throw new ArchiveException(path, $"is damaged: {ManifestName} does not match its checksum; use another copy");
        JsonNode? node;
        try
        {
            node = JsonNode.Parse(bytes, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new ArchiveException(path, $"its {ManifestName} is no JSON: {OneLine(e.Message)}", e);
        }
        if (node is not JsonObject manifest || !Is(manifest["format"], out string? format) || format != Format)
            throw new ArchiveException(path, $"is no ActorSnn file: its {ManifestName} does not say \"format\": \"{Format}\"");
        if (!Is(manifest["kind"], out string? kind) || !Is(manifest["version"], out int version) || manifest["metadata"] is not JsonObject metadata
            || manifest["arrays"] is not JsonArray arrays)
            throw new ArchiveException(path, $"its {ManifestName} lacks one of kind, version, metadata and arrays");
        manifest.Remove("metadata");
        return new Manifest(kind, version, metadata, arrays);
    }

    private void ReadArrays(JsonArray list, ZipArchive zip, long fileLength)
    {
        var expected = new HashSet<string> { ManifestName };
        foreach (var node in list)
        {
            if (node is not JsonObject item || !Is(item["name"], out string? name) || !Is(item["dtype"], out string? dtype)
                || item["shape"] is not JsonArray sizes || !Is(item["sha256"], out string? sha256) || !IsName(name) || !expected.Add(name + ArrayExtension))
                throw new ArchiveException(File, $"array {_arrays.Count} of its {ManifestName} lacks a unique name, dtype, shape or sha256");
            var type = ArchiveType.All.FirstOrDefault(t => t.Name == dtype)
                ?? throw new ArchiveException(File, $"array \"{name}\" has dtype \"{dtype}\"; known are {string.Join(", ", ArchiveType.All.Select(t => t.Name))}");
            var shape = new int[sizes.Count];
            double count = 1;
            for (int i = 0; i < shape.Length; i++)
            {
                if (!Is(sizes[i], out shape[i])) shape[i] = -1;
                count *= shape[i];
            }
            if (shape.Length > MaxDimensions || shape.Any(size => size < 0) || count * type.Size > Math.Min(fileLength, Array.MaxLength))
                throw new ArchiveException(File, $"array \"{name}\" of shape {sizes.ToJsonString()} cannot be in a file of {fileLength} bytes");
            var entry = zip.GetEntry(name + ArrayExtension) ?? throw new ArchiveException(File, $"array \"{name}\" of its {ManifestName} is missing");
            _arrays.Add(ReadArray(name, type, shape, sha256, entry, fileLength));
        }
        if (zip.Entries.FirstOrDefault(e => !expected.Contains(e.FullName)) is { } extra)
            throw new ArchiveException(File, $"holds \"{extra.FullName}\", which is not in its {ManifestName}");
        if (zip.Entries.Count != expected.Count) throw new ArchiveException(File, "holds an entry twice");
    }

    private Entry ReadArray(string name, ArchiveType type, int[] shape, string sha256, ZipArchiveEntry entry, long fileLength)
    {
        var header = NpyHeader.Of(type, shape);
        int count = shape.Aggregate(1, (product, size) => product * size);
        long length = header.Length + (long)count * type.Size;
        if (entry.Length != length || entry.CompressedLength != length || length > fileLength)
            throw new ArchiveException(File, $"array \"{name}\" takes {entry.Length} bytes; {type.Name} {Describe(shape)} takes {length}");
        var result = new Entry(name, type, [.. shape], type.Allocate(count));
        var start = new byte[header.Length];
        using (var stream = entry.Open())
        {
            stream.ReadExactly(start);
            stream.ReadExactly(result.Bytes);
        }
        if (Hash(start, result.Bytes) != sha256)
            throw new ArchiveException(File, $"is damaged: array \"{name}\" does not match its sha256; use another copy");
        if (!start.AsSpan().SequenceEqual(header))
            throw new ArchiveException(File, $"array \"{name}\" does not begin as an NPY file of {type.Name} {Describe(shape)}");
        return result;
    }

    private static byte[] ReadStored(string path, ZipArchiveEntry entry, long limit)
    {
        if (entry.Length != entry.CompressedLength || entry.Length > Math.Min(limit, Array.MaxLength))
            throw new ArchiveException(path, $"is damaged: its {entry.FullName} is not stored as it is; use another copy");
        var bytes = new byte[entry.Length];
        using var stream = entry.Open();
        stream.ReadExactly(bytes);
        return bytes;
    }

    private Entry Find(string name) =>
        _arrays.FirstOrDefault(a => a.Name == name) ?? throw new ArchiveException(File, $"has no array \"{name}\"");

    private static bool IsName(string name) => name.Length > 0 && !name.Any(char.IsControl);

    private static bool Is<T>(JsonNode? node, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? result)
    {
        result = default;
        return node is JsonValue value && value.TryGetValue(out result) && result is not null;
    }

    private static string Describe(ReadOnlySpan<int> shape) =>
        $"[{string.Join(",", shape.ToArray().Select(size => size < 0 ? "any" : size.ToString()))}]";

    private static string Describe(Type type) => type == typeof(string) ? "text" : type == typeof(bool) ? "truth value" : "number in range";

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").TrimEnd('.');

    private static string Hash(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(head);
        sha.AppendData(body);
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    // The checksum of zip entries, which the library writes but does not compare.
    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320u & (0 - (crc & 1)));
        }
        return ~crc;
    }

    private sealed record Manifest(string Kind, int Version, JsonObject Metadata, JsonArray Arrays);

    private sealed record Entry(string Name, ArchiveType Type, ImmutableArray<int> Shape, Array Values)
    {
        public byte[] Header => NpyHeader.Of(Type, Shape.AsSpan());

        public Span<byte> Bytes => MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(Values), Values.Length * Type.Size);
    }
}
