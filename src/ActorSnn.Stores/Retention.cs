using ActorSnn.Mesh.Stores;

namespace ActorSnn.Stores;

/// <summary>Which checkpoints count, and what of a run can be removed.</summary>
internal static class Retention
{
    /// <summary>
    /// The checkpoints that count, latest first. A later epoch may have gone on from before the last checkpoint of an earlier one (which was damaged, say); once it has
    /// committed one of its own, those of earlier epochs at later ticks are no longer part of the run.
    /// </summary>
    public static List<CheckpointManifest> Current(IEnumerable<CheckpointManifest> manifests)
    {
        var current = new List<CheckpointManifest>();
        long before = long.MaxValue;
        foreach (var epoch in manifests.GroupBy(m => m.Epoch).OrderByDescending(e => e.Key))
        {
            var ofEpoch = epoch.Where(m => m.Tick < before).OrderByDescending(m => m.Tick).ToList();
            current.AddRange(ofEpoch);
            if (ofEpoch.Count > 0) before = ofEpoch[^1].Tick;
        }
        return current;
    }

    /// <summary>What <see cref="IRunStore.Prune"/> removes.</summary>
    /// <param name="manifests">All manifests of the run that can be read.</param>
    /// <param name="stored">All parts that are there: which, and the epoch in which each was written.</param>
    /// <param name="epoch">The run's epoch.</param>
    /// <param name="keep">Checkpoints to keep, at least 1.</param>
    /// <param name="kept">Ticks whose checkpoint is kept in any case.</param>
    public static Pruning Prune(
        IReadOnlyCollection<CheckpointManifest> manifests, IEnumerable<(PartKey Key, long Epoch)> stored, long epoch, int keep, IReadOnlyCollection<long> kept)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        var current = Current(manifests);
        var whole = current.Where((m, i) => i < keep || kept.Contains(m.Tick)).ToHashSet();
        var needed = new HashSet<(PartKey, long)>();
        var listed = new HashSet<(PartKey, long)>();
        foreach (var manifest in manifests)
        {
            foreach (var part in manifest.Parts) listed.Add((part.Key, part.Epoch));
        }
        foreach (var manifest in current)
        {
            foreach (var part in manifest.Parts)
            {
                if (part.Key.Kind == PartKind.Records || whole.Contains(manifest)) needed.Add((part.Key, part.Epoch));
            }
        }
        var left = current.Where(m => whole.Contains(m) || m.Parts.Any(p => p.Key.Kind == PartKind.Records)).ToHashSet();
        return new Pruning(
            [.. manifests.Where(m => !left.Contains(m)).OrderBy(m => m.Epoch).Select(m => m.Tick)],
            // A part of this epoch that is not listed may be of a checkpoint under way.
            [.. stored.Where(p => !needed.Contains(p) && (listed.Contains(p) || p.Epoch < epoch))]);
    }
}

/// <summary>What is to be removed.</summary>
/// <param name="Manifests">Ticks of manifests, in an order in which what counts stays the same when it is broken off.</param>
/// <param name="Parts">Parts.</param>
internal sealed record Pruning(IReadOnlyList<long> Manifests, IReadOnlyList<(PartKey Key, long Epoch)> Parts);
