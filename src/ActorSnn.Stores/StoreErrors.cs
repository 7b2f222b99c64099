using ActorSnn.Mesh.Stores;

namespace ActorSnn.Stores;

/// <summary>What all stores say alike.</summary>
internal static class StoreErrors
{
    public static StoreException NoSuchRun(string store, string run) => new($"{store} has no run \"{run}\"");

    public static StoreException RunExists(string store, string run) => new($"{store} has a run \"{run}\" already; give another name, or remove it first");

    public static StaleEpochException StaleEpoch(string store, string run, long present, long given) =>
        new($"{store}: run \"{run}\" is at epoch {present}; what a process of epoch {given} writes is refused");

    public static StaleEpochException EpochNotAbove(string store, string run, long present, long given) =>
        new($"{store}: run \"{run}\" is at epoch {present} already; epoch {given} cannot begin");

    public static StaleEpochException StaleTerm(string store, long present, long given) =>
        new($"{store}: the lease is in term {present}; who held it in term {given} cannot begin an epoch");

    public static StoreException MissingPart(string store, string run, StoredPart part) =>
        new($"{store}: the checkpoint of run \"{run}\" at tick {part.Key.Tick} cannot be committed: {Name(part)} is not there");

    public static DamagedPartException Missing(string store, string run, StoredPart part, Exception? cause = null) =>
        new($"{store}: {Name(part)} of run \"{run}\" is missing", cause);

    public static DamagedPartException Damaged(string store, string run, StoredPart part, string how, Exception? cause = null) =>
        new($"{store}: {Name(part)} of run \"{run}\" is damaged: {how}", cause);

    /// <summary>A message of a system or a library in one line.</summary>
    public static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim().TrimEnd('.');

    private static string Name(StoredPart part) =>
        $"{(part.Key.Kind == PartKind.State ? "state" : "records")} {part.Key.Number} at tick {part.Key.Tick}, epoch {part.Epoch},";
}
