using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace ActorSnn.Networks.Tests;

public sealed class RecordingDirectoryTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("actorsnn-test-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void What_is_saved_is_what_is_loaded()
    {
        var saved = Example();
        RecordingDirectory.Save(At("rec"), saved);
        var loaded = RecordingDirectory.Load(At("rec"));
        Assert.Equal(
            (saved.NetworkName, saved.NetworkHash, saved.Seed, saved.TimeStepMs, saved.FirstTick, saved.Ticks),
            (loaded.NetworkName, loaded.NetworkHash, loaded.Seed, loaded.TimeStepMs, loaded.FirstTick, loaded.Ticks));
        Assert.Equal(saved.Populations.ToArray(), loaded.Populations.ToArray());
        Assert.Equal(saved.Phases!.List.ToArray(), loaded.Phases!.List.ToArray());
        Assert.Equal(saved.Samples.ToArray(), loaded.Samples.ToArray());
        Assert.Equal(saved.Spikes.Select(s => (s.Probe, s.Population, s.Ticks, string.Join(' ', s.Events))), loaded.Spikes.Select(s => (s.Probe, s.Population, s.Ticks, string.Join(' ', s.Events))));
        var potentials = Assert.Single(loaded.Potentials);
        Assert.Equal(saved.Potentials[0].Ticks, potentials.Ticks);
        Assert.Equal(saved.Potentials[0].Values, potentials.Values);
        Assert.Equal("mV", potentials.Unit);
        Assert.Equal(saved.Weights.Select(w => (w.Projection, w.Source, w.Target, w.Unit, string.Join(' ', w.Values))), loaded.Weights.Select(w => (w.Projection, w.Source, w.Target, w.Unit, string.Join(' ', w.Values))));
    }

    [Fact]
    public void Synapses_are_saved_and_loaded_and_names_that_would_share_a_file_do_not()
    {
        var saved = Example() with
        {
            Populations = [new RecordedPopulation("a", 2, "lif-delta"), new RecordedPopulation("a-ticks", 2, "lif-delta")],
            Spikes = [],
            Samples = [],
            Weights = [],
            Potentials =
            [
                new RecordedPotentials("p", "a", "mV", [5], [1, 2]),
                new RecordedPotentials("q", "a-ticks", "mV", [5], [3, 4]),
            ],
            Synapses =
            [
                new RecordedSynapses("x", "a", "a-ticks", "mV", [0, 1, 1, 0], [0.5f, 0.25f]),
                new RecordedSynapses("x-weights", "a", "a", "mV", [1, 1], [2]),
            ],
            WeightsTick = 7,
        };
        RecordingDirectory.Save(At("rec"), saved);
        var loaded = RecordingDirectory.Load(At("rec"));
        Assert.Equal([[1f, 2f], [3f, 4f]], loaded.Potentials.Select(p => p.Values));
        Assert.Equal(saved.Synapses.Select(s => (s.Projection, s.Target, string.Join(' ', s.Pairs), string.Join(' ', s.Values))),
            loaded.Synapses.Select(s => (s.Projection, s.Target, string.Join(' ', s.Pairs), string.Join(' ', s.Values))));
        Assert.Equal(7, loaded.WeightsTick);
    }

    [Fact]
    public void Arrays_begin_as_numpy_wants_and_hold_the_values_in_order()
    {
        RecordingDirectory.Save(At("rec"), Example());
        var (header, data) = Npy("spikes-x.npy");
        Assert.Equal("{'descr': '<i8', 'fortran_order': False, 'shape': (3, 2), }", header);
        Assert.Equal([5L, 0, 5, 2, 7, 1], Enumerable.Range(0, 6).Select(i => BinaryPrimitives.ReadInt64LittleEndian(data.AsSpan(8 * i))));
        (header, data) = Npy("potentials-hlt.npy");
        Assert.Equal("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", header);
        Assert.Equal([0.5f, -1.25f, 1e-7f, 3e8f], Enumerable.Range(0, 4).Select(i => BinaryPrimitives.ReadSingleLittleEndian(data.AsSpan(4 * i))));
        (header, data) = Npy("potentials-hlt-ticks.npy");
        Assert.Equal("{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }", header);
        Assert.Equal([5L, 6], Enumerable.Range(0, 2).Select(i => BinaryPrimitives.ReadInt64LittleEndian(data.AsSpan(8 * i))));
        (header, data) = Npy("weights-x-to-hlt.npy");
        Assert.Equal("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }", header);
        Assert.Equal([1f, 2, 3, 4, 5, -6], Enumerable.Range(0, 6).Select(i => BinaryPrimitives.ReadSingleLittleEndian(data.AsSpan(4 * i))));
        Assert.Equal("{'descr': '<i8', 'fortran_order': False, 'shape': (0, 2), }", Npy("spikes-hlt.npy").Header);
    }

    [Fact]
    public void Tables_hold_the_same_as_text()
    {
        RecordingDirectory.Save(At("rec"), Example());
        Assert.Equal("tick,neuron\n5,0\n5,2\n7,1\n", File.ReadAllText(At("rec/spikes-x.csv")));
        Assert.Equal("tick,n0,n1\n5,0.5,-1.25\n6,1E-07,300000000\n", File.ReadAllText(At("rec/potentials-hlt.csv")));
        Assert.Equal("source,n0,n1\n0,1,2\n1,3,4\n2,5,-6\n", File.ReadAllText(At("rec/weights-x-to-hlt.csv")));
    }

    [NumpyFact]
    public void Numpy_reads_it_as_documented()
    {
        RecordingDirectory.Save(At("rec"), Example());
        const string Script = """
            import json, numpy as np, sys, os
            os.chdir(sys.argv[1])
            index = json.load(open("recording.json"))
            for item in index["spikes"] + index["potentials"] + index["weights"]:
                array = np.load(item["npy"])
                assert list(array.shape) == item["shape"] and array.dtype.str[1:] == item["dtype"], item
                table = np.loadtxt(item["csv"], delimiter=",", skiprows=1, ndmin=2).reshape(-1, array.shape[1] + ("columns" not in item))
                assert np.allclose(table if "columns" in item else table[:, 1:], array), item
            spikes = np.load("spikes-x.npy")
            print(spikes[spikes[:, 0] == 5, 1].tolist(), np.load("weights-x-to-hlt.npy")[2].tolist(), np.load("potentials-hlt-ticks.npy").tolist())
            """;
        Assert.Equal("[0, 2] [5.0, -6.0] [5, 6]", NumpyFactAttribute.Python("-c", Script, At("rec")).Trim());
    }

    [Fact]
    public void Names_that_files_cannot_have_are_replaced_and_stay_apart()
    {
        string[] names = ["h", "h<", "h>", "hlt", "H", "a/b", "a\\b", "..", "x\n", new string('y', 300)];
        var recording = Example() with
        {
            Populations = [.. names.Select(n => new RecordedPopulation(n, 1, "m"))],
            Spikes = [.. names.Select((n, i) => new RecordedSpikes(n, n, TickFilter.EveryTick, [5, 0, 6 + i, 0]))],
            Ticks = 20,
            Potentials = [],
            Weights = [],
        };
        RecordingDirectory.Save(At("rec"), recording);
        var files = Directory.GetFiles(At("rec"), "*.npy").Select(f => Path.GetFileName(f)!).ToList();
        Assert.Equal(names.Length, files.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(files, f => Assert.Matches("^spikes-[A-Za-z0-9._+-]{1,90}$", f));
        Assert.Single(Directory.GetFileSystemEntries(_root));
        Assert.Equal(names.Select((n, i) => (n, 6L + i)), RecordingDirectory.Load(At("rec")).Spikes.Select(s => (s.Population, s.TickOf(1))));
    }

    [Fact]
    public void A_recording_that_is_there_is_replaced_as_a_whole()
    {
        RecordingDirectory.Save(At("rec"), Example());
        var second = Example() with { Weights = [], NetworkName = "second" };
        RecordingDirectory.RequireReplaceable(At("rec/"));
        RecordingDirectory.Save(At("rec/"), second);
        Assert.False(File.Exists(At("rec/weights-x-to-hlt.npy")));
        Assert.Equal("second", RecordingDirectory.Load(At("rec")).NetworkName);
        Assert.Single(Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public void A_directory_with_anything_else_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(At("mine"));
        File.WriteAllText(At("mine/notes.txt"), "mine");
        RecordingDirectory.Save(At("rec"), Example());
        File.WriteAllText(At("rec/notes.txt"), "mine");
        File.WriteAllText(At("file"), "mine");
        foreach (var (target, reason) in new[]
        {
            ("mine", "mine cannot be written: it holds \"notes.txt\", which belongs to no recording"), ("rec", "rec cannot be written: it holds \"notes.txt\""),
            ("file", "file cannot be written: it is a file"), ("none/rec", "none/rec cannot be written: the directory"),
        })
        {
            foreach (var attempt in (Action[])[() => RecordingDirectory.RequireReplaceable(At(target)), () => RecordingDirectory.Save(At(target), Example())])
                Assert.Contains(reason, Assert.Throws<IOException>(attempt).Message.Replace('\\', '/'));
        }
        Assert.Equal(["mine/notes.txt"], Directory.GetFileSystemEntries(At("mine")).Select(f => Path.GetRelativePath(_root, f).Replace('\\', '/')));
        Assert.Equal(3, Directory.GetFileSystemEntries(_root).Length);
        RecordingDirectory.Load(At("rec"));
    }

    [Fact]
    public void When_writing_fails_nothing_is_left_and_the_old_one_stays()
    {
        RecordingDirectory.Save(At("rec"), Example());
        // A weight matrix of the wrong size: the failure comes after the first files.
        var wrong = Example() with { Weights = [new("x->h<", "x", "nobody", "mV", [1])] };
        Assert.ThrowsAny<Exception>(() => RecordingDirectory.Save(At("rec"), wrong));
        Assert.Single(Directory.GetFileSystemEntries(_root));
        Assert.Equal("two", RecordingDirectory.Load(At("rec")).NetworkName);
    }

    [Theory]
    [InlineData("no index", "holds no recording.json")]
    [InlineData("no JSON", "recording.json: is no JSON")]
    [InlineData("other format", "does not say \"format\": \"actorsnn-recording\"")]
    [InlineData("newer", "format version 2; this build reads version 1")]
    [InlineData("neuron", "spikes-x.npy: spike 1 is of neuron 3 at tick 5")]
    [InlineData("tick", "spikes-x.npy: spike 2 is of neuron 1 at tick 900")]
    [InlineData("cut short", "spikes-x.npy: is no NPY file of i8 [3,2]")]
    [InlineData("missing", "spikes-x.npy: does not exist")]
    [InlineData("elsewhere", "is no name of a file in its directory")]
    [InlineData("population", "population \"y\" is not among its populations")]
    [InlineData("potential", "potentials-hlt-ticks.npy: row 1 is of tick 5")]
    [InlineData("sample", "a sample of 3 ticks begins at tick 8")]
    [InlineData("seed", "\"seed\" is \"one\"; it must be a number in range")]
    public void A_damaged_recording_is_refused_with_one_line(string damage, string reason)
    {
        RecordingDirectory.Save(At("rec"), Example());
        string index = At("rec/recording.json"), spikes = At("rec/spikes-x.npy");
        void Change(Action<JsonObject> change)
        {
            var json = JsonNode.Parse(File.ReadAllText(index))!.AsObject();
            change(json);
            File.WriteAllText(index, json.ToJsonString());
        }
        void Number(int at, long value)
        {
            byte[] bytes = File.ReadAllBytes(spikes);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(bytes.Length - 48 + 8 * at), value);
            File.WriteAllBytes(spikes, bytes);
        }
        switch (damage)
        {
            case "no index": File.Delete(index); break;
            case "no JSON": File.WriteAllText(index, "{"); break;
            case "other format": Change(j => j["format"] = "x"); break;
            case "newer": Change(j => j["version"] = 2); break;
            case "neuron": Number(3, 3); break;
            case "tick": Number(4, 900); break;
            case "cut short": File.WriteAllBytes(spikes, File.ReadAllBytes(spikes)[..^1]); break;
            case "missing": File.Delete(spikes); break;
            case "elsewhere": Change(j => j["spikes"]![0]!["npy"] = "../x.npy"); break;
            case "population": Change(j => j["spikes"]![0]!["population"] = "y"); break;
            case "potential":
                byte[] ticks = File.ReadAllBytes(At("rec/potentials-hlt-ticks.npy"));
                ticks[^8] = 5;
                File.WriteAllBytes(At("rec/potentials-hlt-ticks.npy"), ticks);
                break;
            case "sample": Change(j => j["samples"]![0]!["firstTick"] = 8); break;
            case "seed": Change(j => j["network"]!["seed"] = "one"); break;
        }
        string message = Assert.Throws<ArchiveException>(() => RecordingDirectory.Load(At("rec"))).Message;
        Assert.Contains(reason, message);
        Assert.DoesNotContain('\n', message);
    }

    private static Recording Example() => new()
    {
        NetworkName = "two",
        NetworkHash = new string('a', 64),
        Seed = ulong.MaxValue,
        TimeStepMs = 0.1,
        FirstTick = 5,
        Ticks = 3,
        Populations = [new("x", 3, "poisson", "input", "layers"), new("h<", 2, "lif")],
        Spikes = [new("x spikes", "x", TickFilter.EveryTick, [5, 0, 5, 2, 7, 1]), new("h spikes", "h<", new TickFilter(4, 1), [])],
        Potentials = [new("v", "h<", "mV", [5, 6], [0.5f, -1.25f, 1e-7f, 3e8f])],
        Weights = [new("x->h<", "x", "h<", "mV", [1, 2, 3, 4, 5, -6])],
        Phases = new RecordedPhases([new("Present"), new("Grow", PhaseEffect.Strengthens), new("Shrink", PhaseEffect.Weakens)]),
        Samples = [new(5, 3, "7 → none")],
    };

    private (string Header, byte[] Data) Npy(string name)
    {
        byte[] bytes = File.ReadAllBytes(At($"rec/{name}"));
        Assert.Equal([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0], bytes[..8]);
        int start = 10 + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        Assert.Equal(0, start % 64);
        return (Encoding.ASCII.GetString(bytes, 10, start - 10).TrimEnd(), bytes[start..]);
    }

    private string At(string name) => Path.Combine(_root, name);
}

/// <summary>A fact about numpy, for which python3 with numpy has to be there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NumpyFactAttribute : FactAttribute
{
    // The python first on the path may be another than the one that distributions install numpy for.
    private static readonly Lazy<string?> WithNumpy = new(() => ((string[])["python3", "/usr/bin/python3"]).FirstOrDefault(python =>
    {
        try
        {
            return Run(python, "-c", "import numpy; print(1)").Trim() == "1";
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }));

    public NumpyFactAttribute() => Skip = WithNumpy.Value is null ? "needs python3 with numpy" : null;

    public static string Python(params string[] arguments) => Run(WithNumpy.Value!, arguments);

    private static string Run(string program, params string[] arguments)
    {
        using var python = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = python.StandardError.ReadToEndAsync();
        string output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        return python.ExitCode == 0 ? output : throw new InvalidOperationException(errors.Result);
    }
}
