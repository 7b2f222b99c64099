using ActorSnn.Mesh.Stores;

namespace ActorSnn.Stores.Tests;

public sealed class DirectoryStoreTests : StoreConformance
{
    private readonly string _directory = Directory.CreateTempSubdirectory("actorsnn-test-").FullName;

    protected override string Connection => $"dir:{_directory}/store";

    public override void Dispose()
    {
        base.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    protected override void Flip(string run, StoredPart part, int at) =>
        FlipIn(At(run, $"state-{part.Key.Tick:d15}-{part.Epoch}-{part.Key.Number}.ckpt"), at);

    [Fact]
    public void The_files_are_called_what_they_hold()
    {
        using var store = Open();
        store.AcquireLease("a", "", TimeSpan.FromSeconds(1));
        store.CreateRun("run", "{}", Bytes(1, 1));
        store.RaiseEpoch("run", 3, null);
        Commit(store, 3, -1, [State(-1, 0)]);
        Commit(store, 3, 500, [State(500, 0), Records(500, 12)]);
        Assert.Equal(["lease.json", "run", "store.json"], Visible(At()));
        Assert.Equal(
            [
                "checkpoint--000000000000001.json", "checkpoint-000000000000500.json", "network.bin", "records-000000000000500-3-12.rec", "run.json",
                "state--000000000000001-3-0.ckpt", "state-000000000000500-3-0.ckpt",
            ],
            Visible(At("run")));
        Assert.Empty(Directory.GetFiles(At(), "*.tmp", SearchOption.AllDirectories));
        Assert.Contains("\"status\": \"queued\"", File.ReadAllText(At("run", "run.json")));
    }

    [Fact]
    public void A_damaged_manifest_does_not_hide_the_one_before_and_nothing_of_its_tick_is_pruned()
    {
        using var store = Open();
        store.CreateRun("run", "{}", default);
        var first = Commit(store, 0, 1, [State(1, 0), Records(1, 0)]);
        var second = Commit(store, 0, 2, [State(2, 0), Records(2, 0)]);
        var third = Commit(store, 0, 3, [State(3, 0)]);
        string file = At("run", "checkpoint-000000000000002.json");
        byte[] whole = File.ReadAllBytes(file);
        for (int at = 0; at < whole.Length; at += 7)
        {
            FlipIn(file, at);
            AssertSame([third, first], store.Checkpoints("run"));
            File.WriteAllBytes(file, whole);
        }
        AssertSame([third, second, first], store.Checkpoints("run"));
        foreach (int length in new[] { 0, 1, 100, whole.Length - 1 })
        {
            File.WriteAllBytes(file, whole[..length]);
            AssertSame([third, first], store.Checkpoints("run"));
        }
        store.RaiseEpoch("run", 1, null);
        store.Prune("run", 1, 1, []);
        AssertGone(store, first.Parts[0]);
        AssertThere(store, first.Parts[1], second.Parts[0], second.Parts[1], third.Parts[0]);
    }

    [Fact]
    public void A_damaged_file_of_a_run_or_of_the_store_is_named()
    {
        using var store = Open();
        store.AcquireLease("a", "", TimeSpan.FromSeconds(1));
        store.CreateRun("good", "{}", default);
        store.CreateRun("run", "{}", Bytes(1, 100));
        FlipIn(At("run", "network.bin"), 50);
        AssertOneLine(Assert.Throws<StoreException>(() => store.ReadNetwork("run")), $"{At("run", "network.bin")} is damaged");
        FlipIn(At("run", "run.json"), 50);
        AssertOneLine(Assert.Throws<StoreException>(() => store.Runs()), $"{At("run", "run.json")} is damaged");
        AssertOneLine(Assert.Throws<StoreException>(() => store.FindRun("run")), $"{At("run", "run.json")} is damaged");
        Assert.NotNull(store.FindRun("good"));
        FlipIn(At("lease.json"), 50);
        AssertOneLine(Assert.Throws<StoreException>(() => store.AcquireLease("a", "", TimeSpan.FromSeconds(1))), $"{At("lease.json")} is damaged");
        FlipIn(At("store.json"), 50);
        AssertOneLine(Assert.Throws<StoreException>(Open), $"{At("store.json")} is damaged");
        store.RemoveRun("run");
        Assert.Equal(["good"], store.Runs().Select(r => r.Name));
    }

    [Fact]
    public void Pruning_removes_what_killed_processes_left_and_not_what_is_being_written()
    {
        using var store = Open();
        store.CreateRun("run", "{}", default);
        store.RaiseEpoch("run", 5, null);
        string[] left =
        [
            At("run", ".state-000000000000007-4-0.ckpt.0123.tmp"), At("run", ".records--000000000000001-0-12.rec.0123.tmp"), At("run", ".run.json.0123.tmp"),
            At("run", ".checkpoint-000000000000007.json.0123.tmp"), At(".store.json.0123.tmp"),
        ];
        string beingWritten = At("run", ".state-000000000000007-5-0.ckpt.0123.tmp");
        foreach (string file in left.Append(beingWritten)) File.WriteAllText(file, "half");
        foreach (string directory in new[] { At(".gone.removed"), At(".new.tmp") }) File.WriteAllText(Path.Combine(Directory.CreateDirectory(directory).FullName, "run.json"), "half");
        Assert.Equal(["run"], store.Runs().Select(r => r.Name));
        store.Prune("run", 5, 1, []);
        Assert.Equal([beingWritten], Directory.GetFileSystemEntries(At(), "*", SearchOption.AllDirectories).Where(f => f.Contains(".tmp") || f.Contains("removed")));
    }

    [Fact]
    public void A_refused_part_leaves_no_file()
    {
        using var store = Open();
        using var other = Open();
        store.CreateRun("run", "{}", default);
        string[] before = Directory.GetFiles(At("run"));
        Assert.Throws<StaleEpochException>(() => store.WritePart("run", 1, State(1, 0), Bytes(1, 10)));
        Assert.Equal(before, Directory.GetFiles(At("run")));
    }

    [Fact]
    public void Names_of_the_stores_own_files_are_no_names_for_runs()
    {
        using var store = Open();
        AssertOneLine(Assert.Throws<StoreException>(() => store.CreateRun("store.json", "{}", default)), "name of a file of the store");
    }

    [Fact]
    public void What_cannot_be_a_directory_is_refused_in_one_line()
    {
        File.WriteAllText(Path.Combine(_directory, "file"), "");
        AssertOneLine(Assert.Throws<StoreException>(() => RunStores.Open($"dir:{_directory}/file")), "is a file, not a directory");
        AssertOneLine(Assert.Throws<StoreException>(() => RunStores.Open($"dir:{_directory}/file/below")), $"dir:{_directory}/file/below");
        if (OperatingSystem.IsLinux()) AssertOneLine(Assert.Throws<StoreException>(() => RunStores.Open("dir:/proc/actorsnn")), "dir:/proc/actorsnn");
    }

    private static string[] Visible(string directory) => [.. Directory.GetFileSystemEntries(directory).Select(f => Path.GetFileName(f)).Where(f => f[0] != '.').Order(StringComparer.Ordinal)];

    private static void FlipIn(string file, int at)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[at] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    private string At(params string[] names) => Path.Combine([_directory, "store", .. names]);
}
