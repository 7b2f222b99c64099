using System.Diagnostics;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Stores.Tests;

/// <summary>What a store does on a disk that is full or read-only: a small one in memory, which root alone can mount.</summary>
public sealed class FullDiskTests
{
    [SmallDiskFact]
    public void A_directory_on_a_full_disk_keeps_what_was_committed_and_takes_more_when_there_is_room() => FullDisk("dir:{0}/store");

    [SmallDiskFact]
    public void A_database_on_a_full_disk_keeps_what_was_committed_and_takes_more_when_there_is_room() => FullDisk("sqlite:{0}/runs.db");

    [SmallDiskFact]
    public void A_directory_that_is_read_only_can_be_read()
    {
        using var disk = new SmallDisk();
        StoredPart part;
        using (var store = RunStores.Open($"dir:{disk.Path}/store"))
        {
            store.CreateRun("run", "{}", default);
            part = Commit(store, 1);
            disk.Mount("remount,ro");
            AssertOneLine(Assert.Throws<StoreException>(() => Commit(store, 2)), "Read-only file system");
            AssertOneLine(Assert.Throws<StoreException>(() => store.SetStatus("run", 0, RunStatus.Done, "{}")), "Read-only file system");
        }
        using var again = RunStores.Open($"dir:{disk.Path}/store");
        Assert.Equal(part, Assert.Single(Assert.Single(again.Checkpoints("run")).Parts));
        Assert.Equal(50_000, again.ReadPart("run", part).Length);
        AssertOneLine(Assert.Throws<StoreException>(() => RunStores.Open($"dir:{disk.Path}/new")), "Read-only file system");
        AssertOneLine(Assert.Throws<StoreException>(() => RunStores.Open($"sqlite:{disk.Path}/new")), $"sqlite:{disk.Path}/new");
    }

    private static void FullDisk(string connection)
    {
        using var disk = new SmallDisk();
        using var store = RunStores.Open(string.Format(connection, disk.Path));
        store.CreateRun("run", "{}", default);
        var part = Commit(store, 1);
        string reserve = Path.Combine(disk.Path, "reserve"), filler = Path.Combine(disk.Path, "filler");
        File.WriteAllBytes(reserve, new byte[500_000]);
        AssertOneLine(Assert.Throws<StoreException>(() => store.WritePart("run", 0, new PartKey(2, PartKind.State, 0), new byte[3 << 20])), "");
        AssertOneLine(Assert.Throws<StoreException>(() => store.CreateRun("large", "{}", new byte[3 << 20])), "");
        Assert.Throws<IOException>((Action)Fill);
        var e = Assert.Throws<StoreException>((Action)WriteParts);
        AssertOneLine(e, connection.StartsWith("dir") ? "No space left on device" : "the disk is full");
        using (var other = RunStores.Open(string.Format(connection, disk.Path)))
        {
            Assert.Equal(["run"], other.Runs().Select(r => r.Name));
            Assert.Equal(part, Assert.Single(Assert.Single(other.Checkpoints("run")).Parts));
            Assert.Equal(50_000, other.ReadPart("run", part).Length);
        }
        File.Delete(filler);
        File.Delete(reserve);
        Commit(store, 3);
        Assert.Equal([3L, 1], store.Checkpoints("run").Select(m => m.Tick));

        void Fill()
        {
            using var stream = new FileStream(filler, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            while (true) stream.Write(new byte[4096]);
        }

        void WriteParts()
        {
            for (int number = 0; ; number++) store.WritePart("run", 0, new PartKey(2, PartKind.State, number), new byte[50_000]);
        }
    }

    private static StoredPart Commit(IRunStore store, long tick)
    {
        var part = store.WritePart("run", 0, new PartKey(tick, PartKind.State, 0), new byte[50_000]);
        store.Commit("run", 0, new CheckpointManifest(tick, 0, [part], "{}"));
        return part;
    }

    private static void AssertOneLine(StoreException e, string part)
    {
        Assert.Contains(part, e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class SmallDiskFactAttribute : FactAttribute
    {
        public SmallDiskFactAttribute() => Skip = SmallDisk.Skip;
    }

    private sealed class SmallDisk : IDisposable
    {
        private static readonly Lazy<string?> Reason = new(() =>
        {
            if (!OperatingSystem.IsLinux() || Environment.UserName != "root") return "needs Linux and root, to mount a small disk in memory";
            try
            {
                new SmallDisk().Dispose();
                return null;
            }
            catch (InvalidOperationException e)
            {
                return $"needs a small disk in memory: {e.Message}";
            }
        });

        public SmallDisk()
        {
            Path = Directory.CreateTempSubdirectory("actorsnn-disk-").FullName;
            try
            {
                Mount("size=2m");
            }
            catch
            {
                Directory.Delete(Path);
                throw;
            }
        }

        public static string? Skip => Reason.Value;

        public string Path { get; }

        public void Mount(string options) => Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", Path);

        public void Dispose()
        {
            Run("umount", Path);
            Directory.Delete(Path);
        }

        private static void Run(string program, params string[] arguments)
        {
            var start = new ProcessStartInfo(program) { RedirectStandardError = true };
            foreach (string argument in arguments) start.ArgumentList.Add(argument);
            using var process = Process.Start(start)!;
            string errors = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            if (process.ExitCode != 0) throw new InvalidOperationException(errors);
        }
    }
}
