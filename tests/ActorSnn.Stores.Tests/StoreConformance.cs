using System.Text;
using System.Text.Json.Nodes;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Stores.Tests;

/// <summary>What every store owes. Each test has a storage of its own; "processes" are stores opened over the same one.</summary>
public abstract class StoreConformance : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private readonly List<IRunStore> _opened = [];

    /// <summary>Leads to this test's storage, empty at first.</summary>
    protected abstract string Connection { get; }

    public virtual void Dispose()
    {
        foreach (var store in _opened) store.Dispose();
    }

    /// <summary>Changes one byte of the content of a part where it lies.</summary>
    protected abstract void Flip(string run, StoredPart part, int at);

    protected IRunStore Open()
    {
        var store = RunStores.Open(Connection);
        lock (_opened) _opened.Add(store);
        return store;
    }

    [StoreFact]
    public void A_run_is_found_by_all_as_it_was_entered()
    {
        using var a = Open();
        using var b = Open();
        Assert.Equal(a.Id, b.Id);
        Assert.Null(b.FindRun("first"));
        byte[] network = Bytes(1, 1000);
        a.CreateRun("second.2_-x", """{"what": "später – 神経 🧠"}""", network);
        a.CreateRun("first", "{}", default);
        var run = b.FindRun("second.2_-x")!;
        Assert.Equal(new RunRecord("second.2_-x", 0, RunStatus.Queued, """{"what": "später – 神経 🧠"}""", "{}", run.Created), run);
        Assert.Equal(DateTimeKind.Utc, run.Created.Kind);
        Assert.InRange(run.Created, DateTime.UtcNow.AddDays(-1), DateTime.UtcNow.AddDays(1));
        Assert.Equal(["second.2_-x", "first"], b.Runs().Select(r => r.Name));
        Assert.Equal(network, b.ReadNetwork("second.2_-x"));
        Assert.Empty(b.ReadNetwork("first"));
    }

    [StoreFact]
    public void A_name_that_is_taken_or_none_is_refused()
    {
        using var store = Open();
        store.CreateRun("run", """{"a": 1}""", default);
        Assert.Contains("\"run\" already", Assert.Throws<StoreException>(() => store.CreateRun("run", "{}", default)).Message);
        Assert.Equal("""{"a": 1}""", store.FindRun("run")!.Description);
        foreach (string name in new[] { "", ".", "..", "../run", "a/b", "-a", ".a", "a b", "ä", "a\n", new string('a', 101) })
        {
            AssertOneLine(Assert.Throws<StoreException>(() => store.CreateRun(name, "{}", default)), "is no name for a run");
            Assert.Null(store.FindRun(name));
        }
        store.CreateRun(new string('a', 100), "{}", default);
    }

    [StoreFact]
    public void A_run_that_is_not_there_is_said_to_be_none()
    {
        using var store = Open();
        foreach (string name in new[] { "none", "../none" })
        {
            AssertOneLine(Assert.Throws<StoreException>(() => store.ReadNetwork(name)), "has no run");
            AssertOneLine(Assert.Throws<StoreException>(() => store.RaiseEpoch(name, 1, null)), "has no run");
            AssertOneLine(Assert.Throws<StoreException>(() => store.SetStatus(name, 0, RunStatus.Running, "{}")), "has no run");
            AssertOneLine(Assert.Throws<StoreException>(() => store.WritePart(name, 0, State(1, 0), default)), "has no run");
            AssertOneLine(Assert.Throws<StoreException>(() => store.Commit(name, 0, new CheckpointManifest(1, 0, [], "{}"))), "has no run");
            AssertOneLine(Assert.Throws<StoreException>(() => store.Prune(name, 0, 1, [])), "has no run");
            Assert.Empty(store.Checkpoints(name));
            store.RemoveRun(name);
        }
    }

    [StoreFact]
    public void Status_and_notes_come_back_byte_for_byte()
    {
        using var a = Open();
        using var b = Open();
        a.CreateRun("run", "{}", default);
        a.RaiseEpoch("run", 3, null);
        foreach (string notes in new[]
        {
            "{}", " {\t\"a\" :\r\n 1e400 , \"a\": -0.0 }\n", """{"": "\u0000\ud83e\uddE0 \" \\ \/ </script> '; DROP TABLE actorsnn_run; --"}""", "{\"神\": \"🧠 ä \u2028 \u00a0\"}",
            $$"""{"long": "{{new string('x', 100_000)}}"}""", "12345678901234567890123", "null", "",
        })
        {
            a.SetStatus("run", 3, RunStatus.Running, notes);
            Assert.Equal(notes, b.FindRun("run")!.Notes);
            a.Commit("run", 3, new CheckpointManifest(5, 3, [], notes));
            Assert.Equal(notes, Assert.Single(b.Checkpoints("run")).Notes);
        }
        foreach (var status in Enum.GetValues<RunStatus>())
        {
            a.SetStatus("run", 3, status, "{}");
            Assert.Equal(status, b.FindRun("run")!.Status);
        }
        Assert.Equal(3, b.FindRun("run")!.Epoch);
    }

    [StoreFact]
    public void The_lease_goes_to_who_asks_first_and_on_when_it_is_given_up()
    {
        using var a = Open();
        using var b = Open();
        var first = a.AcquireLease("a", "host-a:1", Long);
        Assert.True(first.IsMine);
        Assert.InRange(first.Remaining, TimeSpan.FromTicks(1), Long);
        var seen = b.AcquireLease("b", "host-b:1", Long);
        Assert.Equal((false, "a", "host-a:1", first.Term), (seen.IsMine, seen.Holder, seen.Address, seen.Term));
        Assert.InRange(seen.Remaining, TimeSpan.FromTicks(1), Long);
        var renewed = a.AcquireLease("a", "host-a:2", 2 * Long);
        Assert.Equal((true, first.Term, "host-a:2"), (renewed.IsMine, renewed.Term, renewed.Address));
        Assert.InRange(renewed.Remaining, Long, 2 * Long);

        b.ReleaseLease("b");
        Assert.False(b.AcquireLease("b", "host-b:1", Long).IsMine);
        a.ReleaseLease("a");
        var next = b.AcquireLease("b", "host-b:1", Long);
        Assert.Equal((true, first.Term + 1), (next.IsMine, next.Term));
        Assert.False(a.AcquireLease("a", "host-a:1", Long).IsMine);
    }

    [StoreFact]
    public void The_lease_goes_on_when_it_has_run_out()
    {
        using var a = Open();
        using var b = Open();
        var first = a.AcquireLease("a", "", TimeSpan.FromMilliseconds(1));
        Lease next;
        do next = b.AcquireLease("b", "", Long);
        while (!next.IsMine);
        Assert.Equal(first.Term + 1, next.Term);
        Assert.False(a.AcquireLease("a", "", Long).IsMine);
    }

    [StoreFact]
    public void Of_many_that_race_for_the_lease_exactly_one_gets_it()
    {
        IRunStore[] processes = [.. Enumerable.Range(0, 4).Select(_ => Open())];
        for (int round = 0; round < 5; round++)
        {
            var leases = Race(processes, (store, i) => store.AcquireLease($"{i}", "", Long));
            var winner = Assert.Single(leases, lease => lease.IsMine);
            Assert.All(leases, lease => Assert.Equal((winner.Holder, winner.Term), (lease.Holder, lease.Term)));
            Assert.Equal(round + 1, winner.Term);
            processes[0].ReleaseLease(winner.Holder);
        }
    }

    [StoreFact]
    public void An_epoch_begins_once_and_only_above_the_one_before()
    {
        IRunStore[] processes = [.. Enumerable.Range(0, 4).Select(_ => Open())];
        processes[0].CreateRun("run", "{}", default);
        for (long epoch = 1; epoch <= 5; epoch++)
        {
            var won = Race(processes, (store, _) => Refused(() => store.RaiseEpoch("run", epoch, null)));
            Assert.Single(won, refused => !refused);
            Assert.Equal(epoch, processes[1].FindRun("run")!.Epoch);
        }
        processes[0].RaiseEpoch("run", 100, null);
        AssertOneLine(Assert.Throws<StaleEpochException>(() => processes[1].RaiseEpoch("run", 100, null)), "epoch 100");
        Assert.Throws<StaleEpochException>(() => processes[1].RaiseEpoch("run", 99, null));
    }

    [StoreFact]
    public void Who_held_the_lease_in_an_earlier_term_begins_no_epoch()
    {
        using var a = Open();
        using var b = Open();
        a.CreateRun("run", "{}", default);
        long earlier = a.AcquireLease("a", "", Long).Term;
        a.RaiseEpoch("run", 1, earlier);
        a.ReleaseLease("a");
        long later = b.AcquireLease("b", "", Long).Term;
        AssertOneLine(Assert.Throws<StaleEpochException>(() => a.RaiseEpoch("run", 2, earlier)), "term");
        Assert.Equal(1, a.FindRun("run")!.Epoch);
        b.RaiseEpoch("run", 2, later);
        Assert.Equal(2, a.FindRun("run")!.Epoch);
    }

    [StoreFact]
    public void Only_one_enters_a_run_of_a_name()
    {
        IRunStore[] processes = [.. Enumerable.Range(0, 4).Select(_ => Open())];
        for (int round = 0; round < 5; round++)
        {
            string name = $"run{round}";
            int[] failed = Race(processes, (store, i) =>
            {
                try
                {
                    store.CreateRun(name, $"{i}", Bytes(i, 10));
                    return 0;
                }
                catch (StoreException e) when (e.Message.Contains("already"))
                {
                    return 1;
                }
            });
            int winner = Array.IndexOf(failed, 0);
            Assert.Equal(3, failed.Sum());
            Assert.Equal($"{winner}", processes[0].FindRun(name)!.Description);
            Assert.Equal(Bytes(winner, 10), processes[0].ReadNetwork(name));
        }
    }

    [StoreFact]
    public void All_that_open_a_new_store_at_once_open_the_same()
    {
        string[] ids = Race(new int[4], (_, _) => Open().Id);
        Assert.Single(ids.Distinct());
        Assert.NotEqual("", ids[0]);
    }

    [StoreFact]
    public void What_another_epoch_writes_is_refused_and_leaves_no_trace()
    {
        using var old = Open();
        using var present = Open();
        old.CreateRun("run", "{}", default);
        old.RaiseEpoch("run", 1, null);
        var committed = Commit(old, 1, 10, [State(10, 0), Records(10, 0)]);
        var pending = old.WritePart("run", 1, State(20, 0), Bytes(20, 100));
        present.RaiseEpoch("run", 2, null);
        present.SetStatus("run", 2, RunStatus.Running, """{"by": 2}""");
        foreach (long epoch in new[] { 0L, 1, 3 })
        {
            AssertOneLine(Assert.Throws<StaleEpochException>(() => old.WritePart("run", epoch, State(30, 0), Bytes(30, 100))), "epoch 2");
            Assert.Throws<StaleEpochException>(() => old.Commit("run", epoch, new CheckpointManifest(20, epoch, [pending], "{}")));
            Assert.Throws<StaleEpochException>(() => old.SetStatus("run", epoch, RunStatus.Failed, "{}"));
            Assert.Throws<StaleEpochException>(() => old.Prune("run", epoch, 1, []));
            var refused = new StoredPart(State(30, 0), epoch, 100, Parts.Sha256(Bytes(30, 100)));
            Assert.Throws<DamagedPartException>(() => present.ReadPart("run", refused));
        }
        Assert.Equal((2, RunStatus.Running, """{"by": 2}"""), (present.FindRun("run")!.Epoch, present.FindRun("run")!.Status, present.FindRun("run")!.Notes));
        AssertSame([committed], present.Checkpoints("run"));
        Assert.Equal(Bytes(20, 100), present.ReadPart("run", pending));
    }

    [StoreFact]
    public void Nothing_of_an_earlier_epoch_is_written_once_the_next_has_begun()
    {
        using var old = Open();
        using var present = Open();
        old.CreateRun("run", "{}", default);
        old.RaiseEpoch("run", 1, null);
        for (long epoch = 1; epoch <= 3; epoch++)
        {
            bool raised = false;
            var written = new List<(StoredPart Part, bool After)>();
            using var begun = new ManualResetEventSlim();
            var writer = new Thread(() =>
            {
                try
                {
                    for (int number = 0; ; number++)
                    {
                        bool after = Volatile.Read(ref raised);
                        written.Add((old.WritePart("run", epoch, State(epoch, number), Bytes(number, 5000)), after));
                        begun.Set();
                    }
                }
                catch (StaleEpochException)
                {
                    begun.Set();
                }
            });
            writer.Start();
            begun.Wait();
            present.RaiseEpoch("run", epoch + 1, null);
            Volatile.Write(ref raised, true);
            writer.Join();
            Assert.NotEmpty(written);
            Assert.All(written, w => Assert.False(w.After));
            Assert.All(written, w => Assert.Equal(w.Part.Length, present.ReadPart("run", w.Part).Length));
        }
    }

    [StoreFact]
    public void A_checkpoint_is_there_for_all_once_it_is_committed()
    {
        using var a = Open();
        using var b = Open();
        a.CreateRun("run", "{}", default);
        a.RaiseEpoch("run", 1, null);
        var part = a.WritePart("run", 1, State(-1, 0), Bytes(1, 100));
        Assert.Equal(new StoredPart(State(-1, 0), 1, 100, Parts.Sha256(Bytes(1, 100))), part);
        var records = b.WritePart("run", 1, Records(-1, 7), Bytes(2, 200));
        var empty = b.WritePart("run", 1, State(-1, 1), default);
        Assert.Empty(b.Checkpoints("run"));
        var manifest = new CheckpointManifest(-1, 1, [part, records, empty], """{"samples": 0}""");
        a.Commit("run", 1, manifest);
        AssertSame([manifest], b.Checkpoints("run"));
        Assert.Equal(Bytes(1, 100), b.ReadPart("run", part));
        Assert.Equal(Bytes(2, 200), a.ReadPart("run", records));
        Assert.Empty(a.ReadPart("run", empty));
        var next = Commit(b, 1, 1_000_000_000_000, [State(1_000_000_000_000, 0)]);
        AssertSame([next, manifest], a.Checkpoints("run"));
        using var later = Open();
        AssertSame([next, manifest], later.Checkpoints("run"));
    }

    [StoreFact]
    public void A_checkpoint_without_all_its_parts_is_refused()
    {
        using var store = Open();
        store.CreateRun("run", "{}", default);
        store.CreateRun("other", "{}", default);
        var there = store.WritePart("run", 0, State(1, 0), Bytes(1, 10));
        var ofOther = store.WritePart("other", 0, State(1, 1), Bytes(1, 10));
        foreach (var missing in new[]
        {
            there with { Key = State(1, 2) }, there with { Key = State(2, 0) }, there with { Key = Records(1, 0) }, there with { Epoch = -1 }, there with { Length = 11 }, ofOther,
        })
        {
            AssertOneLine(Assert.Throws<StoreException>(() => store.Commit("run", 0, new CheckpointManifest(1, 0, [there, missing], "{}"))), "is not there");
        }
        Assert.Empty(store.Checkpoints("run"));
        Assert.Throws<ArgumentException>(() => store.Commit("run", 0, new CheckpointManifest(1, 1, [there], "{}")));
    }

    [StoreFact]
    public void A_part_written_again_is_replaced()
    {
        using var store = Open();
        store.CreateRun("run", "{}", default);
        var before = store.WritePart("run", 0, State(1, 0), Bytes(1, 10_000));
        var after = store.WritePart("run", 0, State(1, 0), Bytes(2, 300));
        Assert.Equal(Bytes(2, 300), store.ReadPart("run", after));
        Assert.Throws<DamagedPartException>(() => store.ReadPart("run", before));
        Assert.Throws<StoreException>(() => store.Commit("run", 0, new CheckpointManifest(1, 0, [before], "{}")));
        store.Commit("run", 0, new CheckpointManifest(1, 0, [after], "{}"));
    }

    [StoreFact]
    public void A_later_epoch_that_goes_on_from_before_takes_the_place_of_what_an_earlier_one_committed()
    {
        using var store = Open();
        store.CreateRun("run", "{}", default);
        var start = Commit(store, 0, 10, [State(10, 0), Records(10, 0)]);
        var same = Commit(store, 0, 20, [State(20, 0), Records(20, 0)]);
        var lost = Commit(store, 0, 30, [State(30, 0), Records(30, 0)]);
        store.RaiseEpoch("run", 1, null);
        AssertSame([lost, same, start], store.Checkpoints("run"));
        var again = Commit(store, 1, 20, [State(20, 0), Records(20, 0)]);
        AssertSame([again, start], store.Checkpoints("run"));
        store.Prune("run", 1, 10, []);
        AssertSame([again, start], store.Checkpoints("run"));
        AssertThere(store, again.Parts[0], again.Parts[1], start.Parts[0], start.Parts[1]);
        AssertGone(store, same.Parts[0], same.Parts[1], lost.Parts[0], lost.Parts[1]);
    }

    [StoreFact]
    public void Pruning_removes_states_nobody_goes_on_from_and_no_records()
    {
        using var store = Open();
        store.CreateRun("run", "{}", default);
        store.CreateRun("other", "{}", default);
        var other = store.WritePart("other", 0, State(2, 0), Bytes(9, 9));
        var orphan = store.WritePart("run", 0, State(70, 0), Bytes(7, 7));
        var orphanRecords = store.WritePart("run", 0, Records(70, 0), Bytes(7, 7));
        store.RaiseEpoch("run", 1, null);
        var manifests = new List<CheckpointManifest>();
        for (long tick = 1; tick <= 6; tick++)
            manifests.Add(Commit(store, 1, tick, tick % 2 == 0 ? [State(tick, 0), State(tick, 1), Records(tick, 0)] : [State(tick, 0), State(tick, 1)]));
        var underWay = store.WritePart("run", 1, State(7, 0), Bytes(7, 70));
        var recordsUnderWay = store.WritePart("run", 1, Records(7, 0), Bytes(7, 70));

        store.Prune("run", 1, 2, [3]);

        AssertSame([manifests[5], manifests[4], manifests[3], manifests[2], manifests[1]], store.Checkpoints("run"));
        foreach (var manifest in manifests)
        {
            foreach (var part in manifest.Parts)
            {
                if (part.Key.Kind == PartKind.Records || manifest.Tick is 3 or 5 or 6) AssertThere(store, part);
                else AssertGone(store, part);
            }
        }
        AssertThere(store, underWay, recordsUnderWay);
        AssertGone(store, orphan, orphanRecords);
        Assert.Equal(Bytes(9, 9), store.ReadPart("other", other));
        store.Commit("run", 1, new CheckpointManifest(7, 1, [underWay, recordsUnderWay], "{}"));
        store.Prune("run", 1, 1, []);
        Assert.Equal([7L, 6, 4, 2], store.Checkpoints("run").Select(m => m.Tick));
        AssertGone(store, manifests[2].Parts[0], manifests[5].Parts[0]);
        AssertThere(store, manifests[1].Parts[2], manifests[3].Parts[2], manifests[5].Parts[2], underWay, recordsUnderWay);
    }

    [StoreFact]
    public void While_one_commits_and_prunes_another_always_finds_a_checkpoint()
    {
        using var writing = Open();
        using var reading = Open();
        writing.CreateRun("run", "{}", default);
        Commit(0);
        var writer = Task.Run(() =>
        {
            for (long tick = 1; tick <= 150; tick++) Commit(tick);
        });
        long last = 0;
        do
        {
            var present = reading.Checkpoints("run");
            Assert.InRange(present.Count, 1, 3);
            Assert.InRange(present[0].Tick, last, 150);
            last = present[0].Tick;
        }
        while (!writer.IsCompleted);
        writer.GetAwaiter().GetResult();
        Assert.Equal([150L, 149L], reading.Checkpoints("run").Select(c => c.Tick));

        void Commit(long tick)
        {
            writing.Commit("run", 0, new CheckpointManifest(tick, 0, [writing.WritePart("run", 0, new PartKey(tick, PartKind.State, 0), Bytes(1, 50))], "{}"));
            writing.Prune("run", 0, 2, []);
        }
    }

    [StoreFact]
    public void A_large_part_comes_back_as_it_was()
    {
        using var a = Open();
        using var b = Open();
        a.CreateRun("run", "{}", default);
        byte[] content = Bytes(32, 32 << 20);
        // Not the beginning of its array, and no whole number of chunks.
        var part = a.WritePart("run", 0, State(1, 0), content.AsMemory(1));
        Assert.Equal((32 << 20) - 1, part.Length);
        Assert.True(content.AsSpan(1).SequenceEqual(b.ReadPart("run", part)));
        a.Commit("run", 0, new CheckpointManifest(1, 0, [part], "{}"));
    }

    [StoreFact]
    public void A_part_with_a_flipped_byte_or_a_missing_one_is_said_to_be_damaged()
    {
        using var store = Open();
        store.CreateRun("run", "{}", default);
        var first = Commit(store, 0, 1, [State(1, 0)]);
        var manifest = Commit(store, 0, 2, [State(2, 0), State(2, 1)]);
        Flip("run", manifest.Parts[1], at: 50);
        AssertOneLine(Assert.Throws<DamagedPartException>(() => store.ReadPart("run", manifest.Parts[1])), "state 1 at tick 2, epoch 0, of run \"run\" is damaged");
        AssertThere(store, manifest.Parts[0], first.Parts[0]);
        AssertOneLine(Assert.Throws<DamagedPartException>(() => store.ReadPart("run", manifest.Parts[1] with { Key = State(3, 0) })), "is missing");
        AssertOneLine(Assert.Throws<DamagedPartException>(() => store.ReadPart("none", manifest.Parts[0])), "is missing");
        AssertOneLine(Assert.Throws<DamagedPartException>(() => store.ReadPart("run", manifest.Parts[0] with { Length = 5 })), "is damaged");
    }

    [StoreFact]
    public void A_removed_run_is_gone_and_its_name_free()
    {
        using var a = Open();
        using var b = Open();
        a.CreateRun("run", "{}", Bytes(1, 10));
        a.CreateRun("other", "{}", Bytes(1, 10));
        var manifest = Commit(a, 0, 1, [State(1, 0), Records(1, 0)]);
        b.RemoveRun("run");
        Assert.Null(a.FindRun("run"));
        Assert.Equal(["other"], a.Runs().Select(r => r.Name));
        Assert.Empty(a.Checkpoints("run"));
        Assert.Throws<DamagedPartException>(() => a.ReadPart("run", manifest.Parts[0]));
        Assert.Throws<StoreException>(() => a.WritePart("run", 0, State(2, 0), Bytes(1, 1)));
        b.RemoveRun("run");
        a.CreateRun("run", """{"new": 1}""", default);
        Assert.Empty(b.Checkpoints("run"));
        Assert.Throws<DamagedPartException>(() => b.ReadPart("run", manifest.Parts[0]));
        Assert.Equal(Bytes(1, 10), b.ReadNetwork("other"));
    }

    [StoreFact]
    public void One_store_serves_several_threads()
    {
        using var store = Open();
        store.CreateRun("run", "{}", default);
        var parts = Race(new int[4], (_, i) => Enumerable.Range(0, 5).Select(n => store.WritePart("run", 0, State(1, (10 * i) + n), Bytes((10 * i) + n, 10_000))).ToArray());
        store.Commit("run", 0, new CheckpointManifest(1, 0, [.. parts.SelectMany(p => p)], "{}"));
        Race(new int[4], (_, i) =>
        {
            foreach (var part in parts[i]) Assert.Equal(Bytes(part.Key.Number, 10_000), store.ReadPart("run", part));
            return 0;
        });
    }

    protected static PartKey State(long tick, int number) => new(tick, PartKind.State, number);

    protected static PartKey Records(long tick, int number) => new(tick, PartKind.Records, number);

    /// <summary>Bytes that differ from one key to the next.</summary>
    protected static byte[] Bytes(long key, int count)
    {
        var bytes = new byte[count];
        ulong state = (ulong)key;
        for (int i = 0; i < count; i++)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            bytes[i] = (byte)(state >> 56);
        }
        return bytes;
    }

    protected static CheckpointManifest Commit(IRunStore store, long epoch, long tick, PartKey[] keys)
    {
        var parts = keys.Select(key => store.WritePart("run", epoch, key, Bytes((1000 * epoch) + tick + key.Number, 100 + key.Number))).ToArray();
        var manifest = new CheckpointManifest(tick, epoch, parts, new JsonObject { ["tick"] = tick }.ToJsonString());
        store.Commit("run", epoch, manifest);
        return manifest;
    }

    protected static void AssertSame(CheckpointManifest[] expected, IReadOnlyList<CheckpointManifest> actual) => Assert.Equal(expected.Select(Text), actual.Select(Text));

    protected static void AssertThere(IRunStore store, params StoredPart[] parts)
    {
        foreach (var part in parts) Assert.Equal(part.Length, store.ReadPart("run", part).Length);
    }

    protected static void AssertGone(IRunStore store, params StoredPart[] parts)
    {
        foreach (var part in parts) Assert.Contains("is missing", Assert.Throws<DamagedPartException>(() => store.ReadPart("run", part)).Message);
    }

    protected static void AssertOneLine(StoreException e, string part)
    {
        Assert.Contains(part, e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    private static string Text(CheckpointManifest manifest) =>
        new StringBuilder($"{manifest.Tick} {manifest.Epoch} {manifest.Notes}").AppendJoin("\n", manifest.Parts).ToString();

    private static bool Refused(Action write)
    {
        try
        {
            write();
            return false;
        }
        catch (StaleEpochException)
        {
            return true;
        }
    }

    /// <summary>Does something for each at once, on a thread each.</summary>
    private static T[] Race<TItem, T>(TItem[] items, Func<TItem, int, T> work)
    {
        var results = new T[items.Length];
        var errors = new Exception?[items.Length];
        using var start = new Barrier(items.Length);
        Thread[] threads = [.. items.Select((item, i) => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                results[i] = work(item, i);
            }
            catch (Exception e)
            {
                errors[i] = e;
            }
        }))];
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.All(errors, Assert.Null);
        return results;
    }
}
