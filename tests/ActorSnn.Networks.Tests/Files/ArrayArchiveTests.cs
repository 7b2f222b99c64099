using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ActorSnn.Networks.Tests.Files;

public sealed class ArrayArchiveTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("actorsnn-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_was_saved_comes_back()
    {
        string path = SaveSample();
        var archive = ArrayArchive.Load(path, "sample", 1);

        Assert.Equal("sample", ArrayArchive.ReadKind(path));
        Assert.Equal(["bytes", "shorts", "longs", "words", "floats", "none"], archive.Names);
        Assert.Equal([sbyte.MinValue, -1, 0, 1, 2, sbyte.MaxValue], archive.Get<sbyte>("bytes", 2, 3));
        Assert.Equal([-256, 254], archive.Get<short>("shorts", 2));
        Assert.Equal([long.MinValue, long.MaxValue], archive.Get<long>("longs", 1, 2));
        Assert.Equal([ulong.MaxValue], archive.Get<ulong>("words", -1));
        Assert.Equal([float.NaN, -0.0f, 1.5f], archive.Get<float>("floats", 3));
        Assert.Empty(archive.Get<sbyte>("none", 0, 7));
        Assert.Equal(["the \"h<\" one"], archive.Metadata["remarks"]!.AsArray().Select(n => (string)n!));
        Assert.Equal(ulong.MaxValue, archive.Require<ulong>("seed"));
        Assert.Equal(0.1, archive.Require<double>("fraction"));
    }

    [Fact]
    public void Entries_are_npy_files_as_numpy_specifies_them()
    {
        using var zip = ZipFile.OpenRead(SaveSample());
        foreach (var (name, descriptor, shape, size) in new[]
        {
            ("bytes", "|i1", "(2, 3)", 6), ("shorts", "<i2", "(2,)", 4), ("longs", "<i8", "(1, 2)", 16), ("words", "<u8", "(1,)", 8),
            ("floats", "<f4", "(3,)", 12), ("none", "|i1", "(0, 7)", 0),
        })
        {
            using var content = new MemoryStream();
            using (var stream = zip.GetEntry(name + ".npy")!.Open()) stream.CopyTo(content);
            byte[] bytes = content.ToArray();
            Assert.Equal([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0], bytes[..8]);
            int length = bytes[8] + 256 * bytes[9];
            Assert.Equal(0, (10 + length) % 64);
            string header = Encoding.ASCII.GetString(bytes, 10, length);
            Assert.Matches($"^{Regex.Escape($"{{'descr': '{descriptor}', 'fortran_order': False, 'shape': {shape}, }}")} *\n$", header);
            Assert.Equal(size, bytes.Length - 10 - length);
        }
    }

    [Fact]
    public void The_manifest_gives_the_sha256_of_each_entry()
    {
        using var zip = ZipFile.OpenRead(SaveSample());
        using var stream = zip.GetEntry("manifest.json")!.Open();
        var manifest = JsonNode.Parse(stream)!;
        Assert.Equal("actorsnn-archive", (string)manifest["format"]!);
        Assert.Equal(6, manifest["arrays"]!.AsArray().Count);
        foreach (var array in manifest["arrays"]!.AsArray())
        {
            using var entry = zip.GetEntry($"{array!["name"]}.npy")!.Open();
            Assert.Equal((string)array["sha256"]!, Convert.ToHexStringLower(SHA256.HashData(entry)));
        }
    }

    [Fact]
    public void Equal_content_gives_equal_bytes() => Assert.Equal(File.ReadAllBytes(SaveSample("a")), File.ReadAllBytes(SaveSample("b")));

    [Fact]
    public void No_damaged_byte_changes_what_is_read()
    {
        string path = SaveSmall();
        byte[] whole = File.ReadAllBytes(path);
        for (int i = 0; i < whole.Length; i++)
        {
            foreach (byte flip in (byte[])[0x01, 0x80, 0xFF])
            {
                byte[] damaged = [.. whole];
                damaged[i] ^= flip;
                File.WriteAllBytes(path, damaged);
                try
                {
                    var archive = ArrayArchive.Load(path, "small", 1); // times and other trifles of the zip format do not matter
                    Assert.Equal([1, 2], archive.Get<short>("w", 2));
                    Assert.Equal("""{"a":1}""", archive.Metadata.ToJsonString());
                    Assert.Equal(["w"], archive.Names);
                }
                catch (ArchiveException e)
                {
                    AssertOneLine(e, path);
                }
                catch (Exception e)
                {
                    Assert.Fail($"byte {i} ^ {flip:x2}: {e}");
                }
            }
        }
    }

    [Fact]
    public void A_file_cut_short_anywhere_is_refused()
    {
        string path = SaveSmall();
        byte[] whole = File.ReadAllBytes(path);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            AssertOneLine(Assert.Throws<ArchiveException>(() => ArrayArchive.Load(path, "small", 1)), path);
        }
    }

    [Fact]
    public void In_memory_it_is_the_same_with_a_name_in_place_of_the_file()
    {
        byte[] content = File.ReadAllBytes(SaveSmall());
        var archive = ArrayArchive.Load(content, "part 3 of a run", "small", 1);
        Assert.Equal([1, 2], archive.Get<short>("w", 2));
        Assert.Equal("part 3 of a run", archive.File);
        Assert.Equal(content, archive.ToBytes());
        for (int length = 0; length < content.Length; length++)
            AssertOneLine(Assert.Throws<ArchiveException>(() => ArrayArchive.Load(content[..length], "part 3 of a run", "small", 1)), "part 3 of a run");
        content[content.AsSpan().IndexOf("NUMPY"u8) + 130] ^= 2;
        var e = Assert.Throws<ArchiveException>(() => ArrayArchive.Load(content, "part 3 of a run", "small", 1));
        Assert.Equal("part 3 of a run: is damaged: array \"w\" does not match its sha256; use another copy", e.Message);
    }

    [Fact]
    public void Another_version_or_kind_is_named_with_what_would_be_right()
    {
        string path = SaveSmall(version: 7);
        AssertRefused(path, () => ArrayArchive.Load(path, "small", 1), "format version 7; this build reads version 1");
        AssertRefused(path, () => ArrayArchive.Load(path, "large", 7), "is a \"small\" file; a \"large\" file is needed");
    }

    [Fact]
    public void What_is_no_archive_is_said_to_be_none()
    {
        string Write(byte[] bytes)
        {
            string path = At("other");
            File.WriteAllBytes(path, bytes);
            return path;
        }

        AssertRefused(At("missing"), () => ArrayArchive.Load(At("missing"), "small", 1), "does not exist");
        AssertRefused(_directory, () => ArrayArchive.Load(_directory, "small", 1), "is a directory");
        AssertRefused(At("other"), () => ArrayArchive.Load(Write([]), "small", 1), "is empty");
        AssertRefused(At("other"), () => ArrayArchive.Load(Write("hello"u8.ToArray()), "small", 1), "is no ActorSnn file");
        AssertRefused(At("other"), () => ArrayArchive.ReadKind(Write(Zip(("w.npy", new byte[8])))), "without manifest.json");
        AssertRefused(At("other"), () => ArrayArchive.ReadKind(Write(Zip(("manifest.json", "[1"u8.ToArray())))), "is no JSON");
        AssertRefused(At("other"), () => ArrayArchive.ReadKind(Write(Zip(("manifest.json", "{}"u8.ToArray())))), "is no ActorSnn file");
        AssertRefused(At("other"), () => ArrayArchive.ReadKind(Write(Manifest(""", "kind": 3"""))), "lacks one of kind, version, metadata and arrays");
        AssertRefused(At("other"), () => ArrayArchive.ReadKind(Write(Manifest(""", "kind": "a", "kind": "b" """))), "is no JSON");
    }

    [Theory]
    [InlineData("""{"name": "w", "dtype": "i2", "shape": [1000000000, 1000000000], "sha256": ""}""", "cannot be in a file of")]
    [InlineData("""{"name": "w", "dtype": "i2", "shape": [-2], "sha256": ""}""", "cannot be in a file of")]
    [InlineData("""{"name": "w", "dtype": "i2", "shape": [1.5], "sha256": ""}""", "cannot be in a file of")]
    [InlineData("""{"name": "w", "dtype": "i2", "shape": [1,1,1,1,1,1,1,1,1,2], "sha256": ""}""", "cannot be in a file of")]
    [InlineData("""{"name": "w", "dtype": "i2", "shape": [3], "sha256": ""}""", "takes 132 bytes; i2 [3] takes 134")]
    [InlineData("""{"name": "w", "dtype": "f2", "shape": [2], "sha256": ""}""", "dtype \"f2\"; known are i1, i2, i8, u8, f4, f8")]
    [InlineData("""{"name": "w", "dtype": "i2", "shape": [2], "sha256": "00"}""", "does not match its sha256")]
    [InlineData("""{"name": "v", "dtype": "i2", "shape": [2], "sha256": "00"}""", "array \"v\" of its manifest.json is missing")]
    [InlineData("""{"name": "w", "dtype": "i2", "shape": [2]}""", "lacks a unique name, dtype, shape or sha256")]
    [InlineData("", "holds \"w.npy\", which is not in its manifest.json")]
    public void A_manifest_that_does_not_fit_the_file_is_refused(string array, string reason)
    {
        string path = At("archive");
        byte[] entry;
        using (var zip = ZipFile.OpenRead(SaveSmall()))
        using (var stream = zip.GetEntry("w.npy")!.Open())
        {
            entry = new byte[zip.GetEntry("w.npy")!.Length];
            stream.ReadExactly(entry);
        }
        File.WriteAllBytes(path, Manifest($$""", "kind": "small", "version": 1, "metadata": {}, "arrays": [{{array}}]""", ("w.npy", entry)));
        AssertRefused(path, () => ArrayArchive.Load(path, "small", 1), reason);
    }

    [Fact]
    public void Arrays_and_metadata_are_asked_for_by_name_type_and_shape()
    {
        string path = SaveSmall();
        var archive = ArrayArchive.Load(path, "small", 1);
        AssertRefused(path, () => archive.Get<short>("w", 3), "array \"w\" is i2 [2]; it must be i2 [3]");
        AssertRefused(path, () => archive.Get<sbyte>("w", 2), "array \"w\" is i2 [2]; it must be i1 [2]");
        AssertRefused(path, () => archive.Get<short>("w", 2, -1), "it must be i2 [2,any]");
        AssertRefused(path, () => archive.Get<short>("v", 2), "has no array \"v\"");
        AssertRefused(path, () => archive.Require<string>("a"), "\"a\" in its metadata is 1; it must be a text");
        AssertRefused(path, () => archive.Require<int>("b"), "\"b\" in its metadata is missing");
    }

    private string At(string name) => Path.Combine(_directory, name);

    private string SaveSample(string name = "sample")
    {
        var archive = new ArrayArchive("sample", 1, new JsonObject
        {
            ["remarks"] = new JsonArray("the \"h<\" one"), ["seed"] = ulong.MaxValue, ["fraction"] = 0.1,
        });
        archive.Add<sbyte>("bytes", [sbyte.MinValue, -1, 0, 1, 2, sbyte.MaxValue], 2, 3);
        archive.Add<short>("shorts", [-256, 254], 2);
        archive.Add<long>("longs", [long.MinValue, long.MaxValue], 1, 2);
        archive.Add<ulong>("words", [ulong.MaxValue], 1);
        archive.Add<float>("floats", [float.NaN, -0.0f, 1.5f], 3);
        archive.Add<sbyte>("none", [], 0, 7);
        archive.Save(At(name));
        return At(name);
    }

    private string SaveSmall(int version = 1)
    {
        var archive = new ArrayArchive("small", version, new JsonObject { ["a"] = 1 });
        archive.Add<short>("w", [1, 2], 2);
        archive.Save(At("small"));
        return At("small");
    }

    private static byte[] Manifest(string fields, params (string Name, byte[] Bytes)[] entries) =>
        Zip([("manifest.json", Encoding.UTF8.GetBytes($$"""{"format": "actorsnn-archive"{{fields}}}""")), .. entries]);

    private static byte[] Zip(params (string Name, byte[] Bytes)[] entries)
    {
        using var content = new MemoryStream();
        using (var zip = new ZipArchive(content, ZipArchiveMode.Create))
        {
            foreach (var (name, bytes) in entries)
            {
                using var stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                stream.Write(bytes);
            }
        }
        return content.ToArray();
    }

    private static void AssertRefused(string path, Action read, string reason)
    {
        var e = Assert.Throws<ArchiveException>(read);
        AssertOneLine(e, path);
        Assert.Contains(reason, e.Message);
    }

    private static void AssertOneLine(ArchiveException e, string path)
    {
        Assert.StartsWith($"{path}: ", e.Message);
        Assert.DoesNotContain('\n', e.Message);
        Assert.Equal(path, e.File);
    }
}
