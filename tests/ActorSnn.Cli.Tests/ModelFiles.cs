using System.Text.Json.Nodes;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Tests;

/// <summary>Model files that say something else than what was written.</summary>
internal static class ModelFiles
{
    /// <summary>Changes what a model file of version 1 says of itself.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="edit">Changes its metadata.</param>
    public static void Edit(string path, string kind, Action<JsonObject> edit)
    {
        var archive = ArrayArchive.Load(path, kind, 1);
        edit(archive.Metadata);
        archive.Save(path);
    }
}
