using ActorSnn.Datasets.Native;
using ActorSnn.Datasets.Spikes;
using ActorSnn.Tests.Shared;

namespace ActorSnn.Datasets.Tests;

/// <summary>Whatever writes HDF5 files is here, where one test runs at a time: the library takes one caller at a time, and the writer does not wait for readers.</summary>
public sealed class SpikeFileTests : IDisposable
{
    private const string U16 = "H5T_STD_U16LE";

    private static readonly string[] Classes = ["a", "b", "c"];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    // Files/make.py wrote these files with h5py.
    [Hdf5Theory]
    [InlineData("tiny-float16.h5")]
    [InlineData("tiny-float32.h5")]
    public void Samples_are_read_as_another_program_wrote_them(string file)
    {
        var samples = SpikeFile.Read("tiny", Stored(file), Classes);

        Assert.Equal(("tiny", 4, 700, 3), (samples.Name, samples.Count, samples.Channels, samples.Classes));
        Assert.Equal([[0, 0.125f, 0.5f], [0.25f], [], [0.75f, 0.75f, 1, 1.25f]], samples.Times);
        Assert.Equal([[3, 699, 3], [0], [], [7, 8, 7, 9]], samples.Units);
        Assert.Equal([2, 0, 1, 1], samples.Labels);
        Assert.Equal(["zero", "eins", "fünf"], samples.ClassNames);
    }

    [Hdf5Theory]
    [InlineData(16, U16)]
    [InlineData(32, "H5T_STD_I64BE")]
    [InlineData(64, "H5T_STD_U8LE")]
    public void Times_and_channels_may_have_any_width(int bits, string units)
    {
        using (var file = new Hdf5Writer(At("x.h5")))
        {
            file.Group("spikes").FloatSequences("spikes/times", bits, [0.5f, 1.5f], [], [0.25f]).IntegerSequences("spikes/units", units, [1, 2], [], [255])
                .Integers("labels", units, [3], 0, 1, 2);
        }
        var samples = Read("x.h5");
        Assert.Equal([[0.5f, 1.5f], [], [0.25f]], samples.Times);
        Assert.Equal([[1, 2], [], [255]], samples.Units);
        Assert.Equal(Classes, samples.ClassNames); // the file does not say
    }

    [Hdf5Fact]
    public void More_samples_than_are_read_at_once_come_in_their_order()
    {
        const int Count = 150;
        using (var file = new Hdf5Writer(At("x.h5")))
        {
            file.Group("spikes")
                .FloatSequences("spikes/times", 32, [.. Enumerable.Range(0, Count).Select(n => Enumerable.Repeat((float)n, n % 5).ToArray())])
                .IntegerSequences("spikes/units", U16, [.. Enumerable.Range(0, Count).Select(n => Enumerable.Repeat((long)n, n % 5).ToArray())])
                .Integers("labels", U16, [Count], [.. Enumerable.Range(0, Count).Select(n => n % 3L)]);
        }
        var samples = Read("x.h5");
        Assert.Equal(Count, samples.Count);
        for (int n = 0; n < Count; n++)
        {
            Assert.Equal(Enumerable.Repeat((float)n, n % 5), samples.Times[n]);
            Assert.Equal(Enumerable.Repeat((ushort)n, n % 5), samples.Units[n]);
            Assert.Equal(n % 3, samples.Labels[n]);
        }

        Assert.Equal(samples.Times[..70], Read("x.h5", 70).Times);
        AssertRefused(() => Read("x.h5", 151), "151 samples of tiny asked for", "has 150");
    }

    [Hdf5Fact]
    public void A_packed_file_is_read_like_the_file_itself()
    {
        var packed = _directory.Write("x.h5.gz", Idx.Gzip(File.ReadAllBytes(Stored("tiny-float16.h5"))));
        Assert.Equal(SpikeFile.Read("tiny", Stored("tiny-float16.h5"), Classes).Times, SpikeFile.Read("tiny", packed, Classes).Times);
    }

    [Fact]
    public void What_a_packed_file_is_unpacked_to_does_not_stay()
    {
        var packed = _directory.Write("x.gz", Idx.Gzip([1, 2, 3]));
        string path;
        using (var content = UnpackedFile.Of(packed))
        {
            path = content.Path;
            Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
            content.Opened();
            Assert.Equal(OperatingSystem.IsWindows(), File.Exists(path)); // its reader has it open by now
        }
        Assert.False(File.Exists(path));

        using (var content = UnpackedFile.Of(_directory.Write("plain", [4]))) content.Opened();
        Assert.Equal([4], File.ReadAllBytes(At("plain")));
    }

    [Hdf5Fact]
    public void Many_threads_may_read_at_once()
    {
        var expected = SpikeFile.Read("tiny", Stored("tiny-float16.h5"), Classes).Times;
        Parallel.For(0, 20, n => Assert.Equal(expected, SpikeFile.Read("tiny", Stored(n % 2 == 0 ? "tiny-float16.h5" : "tiny-float32.h5"), Classes).Times));
    }

    [Hdf5Fact]
    public void A_missing_item_is_named()
    {
        AssertMalformed(file => file.Integers("labels", U16, [1], 0), "has no spikes/times");
        AssertMalformed(file => file.Group("spikes").FloatSequences("spikes/times", 16, [0]).Integers("labels", U16, [1], 0), "has no spikes/units");
        AssertMalformed(file => Spikes(file), "has no labels");
        AssertMalformed(file => file.Integers("spikes", U16, [1], 0), "has no spikes/times");
        AssertMalformed(file => file.Group("spikes").Group("spikes/times"), "spikes/times cannot be read");
    }

    [Hdf5Fact]
    public void Items_of_other_kinds_are_refused()
    {
        AssertMalformed(file => file.Group("spikes").IntegerSequences("spikes/times", U16, [1]).IntegerSequences("spikes/units", U16, [1]).Integers("labels", U16, [1], 0),
            "spikes/times does not hold sequences of floating-point numbers");
        AssertMalformed(file => file.Group("spikes").FloatSequences("spikes/times", 16, [1]).FloatSequences("spikes/units", 16, [1]).Integers("labels", U16, [1], 0),
            "spikes/units does not hold sequences of integers");
        AssertMalformed(file => file.Group("spikes").FloatSequences("spikes/times", 16, [1]).Integers("spikes/units", U16, [1], 1).Integers("labels", U16, [1], 0),
            "spikes/units does not hold sequences of integers");
        AssertMalformed(file => Spikes(file).IntegerSequences("labels", U16, [0]), "labels does not hold integers");
        AssertMalformed(file => Spikes(file).Integers("labels", U16, [1, 1], 0), "labels has 2 dimensions");
        AssertMalformed(file => Spikes(file).Integers("labels", U16, [1], 0).Group("extra").Integers("extra/keys", U16, [3], 1, 2, 3), "extra/keys does not hold text");
    }

    [Hdf5Fact]
    public void What_does_not_fit_together_is_refused()
    {
        AssertMalformed(file => Spikes(file).Integers("labels", U16, [2], 0, 1), "spikes/times has 1 samples, spikes/units 1 and labels 2");
        AssertMalformed(file => file.Group("spikes").FloatSequences("spikes/times", 32, [], [0, 1]).IntegerSequences("spikes/units", U16, [], [0]).Integers("labels", U16, [2], 0, 0),
            "sample 1 has 2 values in spikes/times and 1 in spikes/units");
        AssertMalformed(file => Spikes(file).Integers("labels", U16, [1], 0).Group("extra").Texts("extra/keys", 4, "zero", "one"), "extra/keys names 2 classes, and tiny has 3");
        AssertMalformed(file => file.Group("spikes").FloatSequences("spikes/times", 32).IntegerSequences("spikes/units", U16).Integers("labels", U16, [0]), "holds no samples");
    }

    [Hdf5Fact]
    public void What_is_out_of_range_is_refused()
    {
        foreach (var (type, unit) in ((string, long)[])[(U16, 700), ("H5T_STD_I16LE", -1), ("H5T_STD_I64LE", 1L << 40)])
            AssertMalformed(
                file => file.Group("spikes").FloatSequences("spikes/times", 16, [0], [0, 0]).IntegerSequences("spikes/units", type, [1], [2, unit]).Integers("labels", U16, [2], 0, 0),
                $"spikes/units of sample 1 has the value {unit}", "700 channels, 0 to 699");
        foreach (var time in (float[])[float.NaN, float.PositiveInfinity, -0.5f])
            AssertMalformed(
                file => file.Group("spikes").FloatSequences("spikes/times", 16, [0, time]).IntegerSequences("spikes/units", U16, [1, 2]).Integers("labels", U16, [1], 0),
                $"spikes/times of sample 0 has the value {time}");
        foreach (long label in (long[])[3, -1])
            AssertMalformed(file => Spikes(file).Integers("labels", "H5T_STD_I32LE", [1], label), $"labels of sample 0 is {label}", "labels 0 to 2");
    }

    [Hdf5Fact]
    public void Text_may_be_of_fixed_or_of_variable_length()
    {
        foreach (int length in (int[])[0, 5, 9])
        {
            using (var file = new Hdf5Writer(At("x.h5")))
                Spikes(file).Integers("labels", U16, [1], 0).Group("extra").Texts("extra/keys", length, "null", "eins", "zwölf"[..(length == 5 ? 4 : 5)]);
            Assert.Equal(["null", "eins", length == 5 ? "zwöl" : "zwölf"], Read("x.h5").ClassNames);
        }
    }

    [Hdf5Fact]
    public void What_is_no_hdf5_file_is_refused()
    {
        _directory.Write("text.h5", "hello, world"u8.ToArray());
        AssertRefused(() => Read("text.h5"), At("text.h5"), "is no HDF5 file");
        _directory.Write("text.h5.gz", Idx.Gzip("hello, world"u8.ToArray()));
        AssertRefused(() => Read("text.h5.gz"), At("text.h5.gz"), "is no HDF5 file");
        _directory.Write("empty.h5", []);
        AssertRefused(() => Read("empty.h5"), "empty.h5 is empty");
        AssertRefused(() => Read("none.h5"), "none.h5", "cannot be read");
        AssertRefused(() => SpikeFile.Read("tiny", _directory.Path, Classes), _directory.Path, "cannot be read");
    }

    [Hdf5Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_cut_short_anywhere_is_refused(bool packed)
    {
        var whole = File.ReadAllBytes(Stored("tiny-float16.h5"));
        if (packed) whole = Idx.Gzip(whole);
        for (int length = 0; length < whole.Length; length += 1 + whole.Length / 200)
        {
            _directory.Write("cut.h5", whole[..length]);
            AssertRefused(() => Read("cut.h5"), At("cut.h5"));
        }
        _directory.Write("cut.h5", whole[..^1]);
        AssertRefused(() => Read("cut.h5"), At("cut.h5"));
    }

    // The library would read beyond its memory.
    [Hdf5Fact]
    public void A_length_that_is_not_that_of_its_storage_is_refused()
    {
        var whole = File.ReadAllBytes(Stored("tiny-float16.h5"));
        int heap = whole.AsSpan().IndexOf("GCOL"u8);
        void AssertDamaged(int at, byte value)
        {
            byte[] damaged = [.. whole];
            damaged[at] = value;
            _directory.Write("x.h5", damaged);
            AssertRefused(() => Read("x.h5"), At("x.h5"), "cannot be read (its sequences are not as long as their storage)");
        }

        // A reference to a sequence: its length, the address of the heap and its index there.
        var references = Enumerable.Range(0, whole.Length - 16).Where(at => BitConverter.ToInt64(whole, at + 4) == heap && BitConverter.ToInt32(whole, at) is > 0 and < 5).ToList();
        Assert.Equal(6, references.Count); // of three samples, times and channels
        foreach (int at in references)
        {
            AssertDamaged(at, 200);
            AssertDamaged(at + 3, 255);
            AssertDamaged(at + 5, 255);
            AssertDamaged(at + 12, 99);
        }
        AssertDamaged(heap, (byte)'g');
        AssertDamaged(heap + 8 + 4, 1); // size of the heap
        AssertDamaged(heap + 16 + 8, 1); // size of its first object
        AssertDamaged(heap + 16 + 8 + 7, 255);
    }

    [Fact]
    public void A_library_that_is_missing_is_named()
    {
        var library = new SystemLibrary("libnothing", "on Debian: apt install libnothing1", ["libnothing.so.1", "libnothing.so"]);
        Assert.False(library.IsInstalled);
        AssertRefused(() => library.Require("x.h5"), "reading x.h5 needs libnothing, which is not installed here; on Debian: apt install libnothing1");
    }

    [Hdf5Theory]
    [InlineData("", false)]
    [InlineData("fsdd-spikes/", false)]
    [InlineData("fsdd-spikes/", true)]
    public void The_locator_finds_them_in_each_of_their_places_and_forms(string place, bool packed)
    {
        var locator = new DataLocator(_directory.Path);
        AssertRefused(() => locator.LoadTestSpikes("fsdd-spikes"), $"no fsdd_spikes_test.h5 in {At("fsdd-spikes")} or {_directory.Path}", "or set ACTORSNN_DATA");
        AssertRefused(() => locator.LoadTrainSpikes("shd"), "put shd_train.h5 and shd_test.h5, plain or .gz", $"actorsnn data get shd --data {_directory.Path}");
        AssertRefused(() => locator.LoadTrainSpikes("mnist"), "\"mnist\"", "known are shd, fsdd-spikes");
        AssertRefused(() => locator.LoadTrainSpikes("shd", 0), "0 training samples of shd asked for");
        Assert.False(locator.Finds("fsdd-spikes"));

        void Write(string part, int samples)
        {
            using (var file = new Hdf5Writer(At("x.h5")))
            {
                file.Group("spikes").FloatSequences("spikes/times", 16, [.. Enumerable.Repeat(new[] { 0.5f }, samples)])
                    .IntegerSequences("spikes/units", U16, [.. Enumerable.Repeat(new[] { 699L }, samples)])
                    .Integers("labels", U16, [(ulong)samples], [.. Enumerable.Repeat(9L, samples)]);
            }
            var bytes = File.ReadAllBytes(At("x.h5"));
            _directory.Write($"{place}fsdd_spikes_{part}.h5{(packed ? ".gz" : "")}", packed ? Idx.Gzip(bytes) : bytes);
        }

        Write("train", 2);
        Write("test", 3);
        Assert.True(locator.Finds("fsdd-spikes"));
        var (train, test) = (locator.LoadTrainSpikes("fsdd-spikes"), locator.LoadTestSpikes("fsdd-spikes", 2));
        Assert.Equal(("fsdd-spikes", 2, 2, 700, 10, "nine"), (train.Name, train.Count, test.Count, train.Channels, train.Classes, train.ClassNames[9]));
        AssertRefused(() => locator.LoadTrainSpikes("fsdd-spikes", 3), "3 samples of fsdd-spikes asked for", "has 2");
    }

    [Hdf5Fact]
    public void Other_digits_do_not_pass_for_shd()
    {
        using (var file = new Hdf5Writer(At("shd_train.h5")))
            Spikes(file).Integers("labels", U16, [1], 0).Group("extra").Texts("extra/keys", 5, [.. DataLocator.ClassNamesOf("fsdd-spikes")]);
        AssertRefused(() => new DataLocator(_directory.Path).LoadTrainSpikes("shd"), "extra/keys names 10 classes, and shd has 20; it is another data set");
    }

    [Hdf5Fact("fsdd-spikes/fsdd_spikes_train.h5.gz", "fsdd-spikes/fsdd_spikes_test.h5.gz")]
    public void The_spoken_digits_have_the_samples_they_are_known_to_have()
    {
        var locator = new DataLocator(TestData.Root());
        foreach (var (set, spikes, perClass, least, most) in ((SpikeSamples, long, int, int, int)[])
            [(locator.LoadTrainSpikes("fsdd-spikes"), 18_597_815, 270, 5_488, 9_010), (locator.LoadTestSpikes("fsdd-spikes"), 2_057_670, 30, 5_490, 9_003)])
        {
            Assert.Equal(spikes, set.Times.Sum(times => times.LongLength));
            Assert.Equal((least, most), (set.Times.Min(times => times.Length), set.Times.Max(times => times.Length)));
            Assert.Equal(DataLocator.ClassNamesOf("fsdd-spikes"), set.ClassNames);
            Assert.All(Enumerable.Range(0, 10), digit => Assert.Equal(perClass, set.Labels.Count(label => label == digit)));
            Assert.True(set.Times.All(times => Ascend(times)));
            Assert.Equal((0, 699), (set.Units.Min(units => units.Min()), set.Units.Max(units => units.Max())));
        }
    }

    private static bool Ascend(float[] times)
    {
        for (int spike = 1; spike < times.Length; spike++)
        {
            if (times[spike] < times[spike - 1]) return false;
        }
        return times[^1] <= 1;
    }

    private static Hdf5Writer Spikes(Hdf5Writer file) => file.Group("spikes").FloatSequences("spikes/times", 16, [0.5f]).IntegerSequences("spikes/units", U16, [1]);

    private static string Stored(string file) => Path.Combine(AppContext.BaseDirectory, "Files", file);

    private string At(string file) => Path.Combine(_directory.Path, file);

    private SpikeSamples Read(string file, int? count = null) => SpikeFile.Read("tiny", At(file), Classes, count);

    private void AssertMalformed(Action<Hdf5Writer> write, params string[] reasons)
    {
        using (var file = new Hdf5Writer(At("malformed.h5")))
            write(file);
        AssertRefused(() => Read("malformed.h5"), [At("malformed.h5"), .. reasons]);
    }

    private static void AssertRefused(Action load, params string[] reasons)
    {
        var error = Assert.Throws<DatasetException>(load);
        Assert.DoesNotContain('\n', error.Message);
        Assert.All(reasons, reason => Assert.Contains(reason, error.Message));
    }
}
