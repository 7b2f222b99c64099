using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Stores;

/// <summary>Parts and manifests as all stores write them.</summary>
internal static class Parts
{
    /// <summary>Text other than ASCII stays readable.</summary>
    public static JsonSerializerOptions Readable { get; } = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Sha256(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public static StoredPart Describe(PartKey key, long epoch, ReadOnlySpan<byte> content)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(key.Tick, -1, nameof(key));
        ArgumentOutOfRangeException.ThrowIfNegative(key.Number, nameof(key));
        return new StoredPart(key, epoch, content.Length, Sha256(content));
    }

    /// <summary>The word for a kind of part in files and tables.</summary>
    public static string Word(PartKind kind) => kind switch
    {
        PartKind.State => "state",
        PartKind.Records => "records",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static PartKind Kind(string word) => word switch
    {
        "state" => PartKind.State,
        "records" => PartKind.Records,
        _ => throw new FormatException($"\"{word}\" is no kind of part"),
    };

    /// <summary>A manifest says the epoch in which it is committed, and no other.</summary>
    public static void RequireEpoch(CheckpointManifest manifest, long epoch)
    {
        if (manifest.Epoch != epoch) throw new ArgumentException($"the manifest is of epoch {manifest.Epoch}, its writer of {epoch}", nameof(manifest));
    }

    /// <summary>A manifest as JSON. Its notes are a string there, so that they come back as they were, byte for byte.</summary>
    public static JsonObject ToJson(CheckpointManifest manifest) => new()
    {
        ["tick"] = manifest.Tick,
        ["epoch"] = manifest.Epoch,
        ["notes"] = manifest.Notes,
        ["parts"] = new JsonArray([.. manifest.Parts.Select(part => new JsonObject
        {
            ["kind"] = Word(part.Key.Kind),
            ["tick"] = part.Key.Tick,
            ["number"] = part.Key.Number,
            ["epoch"] = part.Epoch,
            ["length"] = part.Length,
            ["sha256"] = part.Sha256,
        })]),
    };

    /// <summary>The manifest that was made JSON; null when it is none.</summary>
    public static CheckpointManifest? ManifestOf(JsonObject json)
    {
        try
        {
            return new CheckpointManifest(
                json["tick"]!.GetValue<long>(),
                json["epoch"]!.GetValue<long>(),
                [.. json["parts"]!.AsArray().Select(part => new StoredPart(
                    new PartKey(part!["tick"]!.GetValue<long>(), Kind(part["kind"]!.GetValue<string>()), part["number"]!.GetValue<int>()),
                    part["epoch"]!.GetValue<long>(),
                    part["length"]!.GetValue<long>(),
                    part["sha256"]!.GetValue<string>()))],
                json["notes"]!.GetValue<string>());
        }
        catch (Exception e) when (e is NullReferenceException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
