using System.Text.RegularExpressions;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Stores;

/// <summary>What runs may be called. The names are names of directories too.</summary>
internal static partial class RunNames
{
    /// <summary>Whether a run may have this name. No store has a run of another one.</summary>
    public static bool IsValid(string run) => Pattern().IsMatch(run);

    /// <exception cref="StoreException">No run may have this name.</exception>
    public static void Require(string run)
    {
        if (!IsValid(run))
            throw new StoreException($"\"{run.ReplaceLineEndings(" ")}\" is no name for a run; it must be at most 100 letters, digits, dots, dashes and underscores, and begin with a letter or digit");
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex Pattern();
}
