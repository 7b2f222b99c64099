using System.Security.Cryptography;
using ActorSnn.Datasets.Caltech;
using ActorSnn.Datasets.Events;
using ActorSnn.Datasets.Spikes;

namespace ActorSnn.Datasets;

/// <summary>
/// Finds data sets by name. Images: "synth" and "synth-letters" (drawn digits, see <see cref="StrokeDigits"/>, and drawn digits and capital letters in 36 classes; they need
/// no files), "mnist", "fashion-mnist" and the splits of EMNIST ("emnist-digits" and so on), all IDX files under their published names, plain or with .gz. Images that are
/// not published in two parts: "caltech", see <see cref="LoadSplit"/>. Recordings of events: "nmnist", see <see cref="OpenEvents"/>. Spike trains: "shd" and "fsdd-spikes", see
/// <see cref="LoadTrainSpikes"/>.
/// <para>
/// EMNIST stores its images transposed and counts its letters from 1; they are given upright like MNIST's, and counted from 0.
/// </para>
/// <para>
/// Files are looked for in <see cref="Root"/>/(data set) and then in <see cref="Root"/> itself; those of EMNIST also in <see cref="Root"/>/emnist, and in each of these places
/// inside the archive that EMNIST is published as, gzip.zip, which is not unpacked to disk. Nothing is downloaded; that is what <see cref="Downloads.Downloader"/> is for.
/// </para>
/// </summary>
public sealed class DataLocator
{
    /// <summary>Environment variable with the directory to use when none is given: ACTORSNN_DATA.</summary>
    public const string Variable = "ACTORSNN_DATA";

    /// <summary>Name of the drawn digits: synth.</summary>
    public const string Synth = "synth";

    internal const string SynthLetters = "synth-letters";

    private const string EmnistArchive = "gzip.zip";
    private const string EmnistFolder = "emnist";
    private const string Nmnist = "nmnist";
    private const string NmnistSubset = "nmnist-subset";
    private const string CaltechName = "caltech";

    // Splits are the same for everybody and every run.
    private const ulong SplitSeed = 1;
    private const ulong TestOrder = 0x6F72646572; // "order"

    private static readonly DrawnSet[] DrawnSets =
    [
        new(Synth, ClassNames.Digits, n => StrokeDigits.Train(n ?? StrokeDigits.DefaultTrain), n => StrokeDigits.Test(n ?? StrokeDigits.DefaultTest)),
        new(SynthLetters, ClassNames.DigitsAndCapitals, n => StrokeLetters.Train(n ?? StrokeLetters.DefaultTrain), n => StrokeLetters.Test(n ?? StrokeLetters.DefaultTest)),
    ];

    private static readonly ImageSet[] ImageSets =
    [
        new("mnist", ClassNames.Digits, "train-", "t10k-"),
        new("fashion-mnist", ClassNames.Clothes, "train-", "t10k-"),
        Emnist("balanced", ClassNames.MergedLetters),
        Emnist("digits", ClassNames.Digits),
        Emnist("letters", ClassNames.Capitals) with { FirstLabel = 1 },
        Emnist("mnist", ClassNames.Digits),
        Emnist("byclass", ClassNames.DigitsAndLetters),
        Emnist("bymerge", ClassNames.MergedLetters),
    ];

    private static readonly SpikeSet[] SpikeSets =
    [
        new("shd", ClassNames.SpokenDigitsOfTwoLanguages, "shd_train.h5", "shd_test.h5"),
        new("fsdd-spikes", ClassNames.SpokenDigits, "fsdd_spikes_train.h5", "fsdd_spikes_test.h5"),
    ];

    // Where the images of Caltech-101 may lie in a place: decoded, packed, or in folders.
    private const string CaltechGray = "derived-gray-160x250";
    private static readonly string[] CaltechArchives =
        ["101_ObjectCategories.tar.gz", "101_ObjectCategories.zip", "caltech101_Faces_easy_Motorbikes.tar.gz", "caltech.tar.gz", "caltech.zip"];
    private static readonly string[] CaltechFolders = ["", "101_ObjectCategories", "caltech-101/101_ObjectCategories"];

    // The first two sets use the same file names, so a directory named wrongly would pass for the other. SHA-256 of the labels.
    private static readonly Dictionary<string, string> LabelsOf = new()
    {
        ["1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13"] = "mnist",
        ["ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5"] = "mnist",
        ["657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7"] = "fashion-mnist",
        ["3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9"] = "fashion-mnist",
    };

    /// <summary>Looks in the directory given, else in the one ACTORSNN_DATA names, else in the user's cache directory.</summary>
    /// <param name="dataDirectory">Null or empty: not given. It need not exist as long as only drawn sets are asked for.</param>
    public DataLocator(string? dataDirectory = null) : this(dataDirectory, Environment.GetEnvironmentVariable)
    {
    }

    internal DataLocator(string? dataDirectory, Func<string, string?> environment)
    {
        if (string.IsNullOrEmpty(dataDirectory))
            dataDirectory = environment(Variable);
        if (string.IsNullOrEmpty(dataDirectory))
            dataDirectory = CacheDirectory(environment);
        Root = Path.GetFullPath(dataDirectory);
    }

    /// <summary>The names of images this class knows.</summary>
    public static IReadOnlyList<string> Datasets { get; } = [.. DrawnSets.Select(set => set.Name), .. ImageSets.Select(set => set.Name)];

    /// <summary>The names among them of images that are drawn, all <see cref="StrokeDigits.Side"/> pixels high and wide; they need no files.</summary>
    public static IReadOnlyList<string> DrawnDatasets { get; } = [.. DrawnSets.Select(set => set.Name)];

    /// <summary>The names of recordings of events this class knows: nmnist.</summary>
    public static IReadOnlyList<string> EventDatasets { get; } = [Nmnist];

    /// <summary>The names of spike trains this class knows: shd, fsdd-spikes.</summary>
    public static IReadOnlyList<string> SpikeDatasets { get; } = [.. SpikeSets.Select(set => set.Name)];

    /// <summary>The names of images this class knows that have no test part of their own: caltech.</summary>
    public static IReadOnlyList<string> SplitDatasets { get; } = [CaltechName];

    /// <summary>Images of each class to train with in a split of one of <see cref="SplitDatasets"/>.</summary>
    public const int SplitTrainPerClass = 200;

    /// <summary>The directory data sets are looked for in, absolute.</summary>
    public string Root { get; }

    /// <summary>Number of classes of a data set; no files are needed.</summary>
    /// <param name="dataset">One of <see cref="Datasets"/>, <see cref="EventDatasets"/>, <see cref="SpikeDatasets"/> or <see cref="SplitDatasets"/>.</param>
    /// <exception cref="DatasetException">Unknown name.</exception>
    public static int ClassesOf(string dataset) => ClassNamesOf(dataset).Count;

    /// <summary>What the classes of a data set are called, in the order of their labels; no files are needed.</summary>
    /// <param name="dataset">One of <see cref="Datasets"/>, <see cref="EventDatasets"/>, <see cref="SpikeDatasets"/> or <see cref="SplitDatasets"/>.</param>
    /// <exception cref="DatasetException">Unknown name.</exception>
    public static IReadOnlyList<string> ClassNamesOf(string dataset) => dataset switch
    {
        Nmnist => ClassNames.Digits,
        CaltechName => ClassNames.FacesAndMotorbikes,
        _ => DrawnSetOf(dataset)?.Classes ?? SpikeSetOf(dataset)?.Classes ?? SetOf(dataset).Classes,
    };

    /// <summary>The images to train with.</summary>
    /// <param name="dataset">One of <see cref="Datasets"/>.</param>
    /// <param name="count">Only the first so many; null for all (synth: 20,000; synth-letters: 60,000).</param>
    /// <exception cref="DatasetException">Unknown name, missing or bad files, or fewer images than asked for.</exception>
    public LabelledImages LoadTrain(string dataset, int? count = null) => Load(dataset, "training", count, set => set.Train);

    /// <summary>The images to test with.</summary>
    /// <param name="dataset">One of <see cref="Datasets"/>.</param>
    /// <param name="count">Only the first so many; null for all (synth: 2,000; synth-letters: 10,000).</param>
    /// <exception cref="DatasetException">Unknown name, missing or bad files, or fewer images than asked for.</exception>
    public LabelledImages LoadTest(string dataset, int? count = null) => Load(dataset, "test", count, set => set.Test);

    /// <summary>
    /// Recordings of events. N-MNIST is looked for in <see cref="Root"/>/nmnist, in <see cref="Root"/>/nmnist-subset and then in <see cref="Root"/> itself: as the folders Train and
    /// Test, as the archives Train.zip and Test.zip, or as one archive of both, which is called nmnist or nmnist-subset and ends with .zip or .tar.gz.
    /// </summary>
    /// <param name="dataset">One of <see cref="EventDatasets"/>.</param>
    /// <exception cref="DatasetException">Unknown name, or there are no such files.</exception>
    public EventDataset OpenEvents(string dataset)
    {
        if (!EventDatasets.Contains(dataset))
            throw new DatasetException($"unknown data set of events \"{dataset}\"; known are {string.Join(", ", EventDatasets)}");
        if (FindEvents() is var (train, test))
            return EventDataset.Nmnist(train, test);
        var places = NmnistPlaces;
        throw new DatasetException(
            $"the recordings of {dataset} are missing: looked in {string.Join(", in ", places[..^1])} and in {places[^1]}; put the folders Train and Test, Train.zip and Test.zip, or "
            + $"{Nmnist}.tar.gz into {places[0]} (actorsnn data get {Nmnist} --data {Root} does), or set {Variable} to the directory that holds {Nmnist}");
    }

    /// <summary>
    /// The spike trains to train with. Files are looked for in <see cref="Root"/>/(data set) and then in <see cref="Root"/> itself, under their published names (shd_train.h5 and so
    /// on), plain or with .gz; see <see cref="SpikeFile"/>.
    /// </summary>
    /// <param name="dataset">One of <see cref="SpikeDatasets"/>.</param>
    /// <param name="count">Only the first so many; null for all.</param>
    /// <exception cref="DatasetException">Unknown name, missing or bad files, fewer samples than asked for, or libhdf5 is missing.</exception>
    public SpikeSamples LoadTrainSpikes(string dataset, int? count = null) => LoadSpikes(dataset, "training", count, set => set.TrainFile);

    /// <summary>The spike trains to test with.</summary>
    /// <inheritdoc cref="LoadTrainSpikes"/>
    public SpikeSamples LoadTestSpikes(string dataset, int? count = null) => LoadSpikes(dataset, "test", count, set => set.TestFile);

    /// <summary>
    /// Images that are not published in two parts, divided: <see cref="SplitTrainPerClass"/> of each class, drawn at random, are to train with, class by class, and all others to test with, in an
    /// order drawn at random. The splits are always the same.
    /// <para>
    /// The images of Caltech-101 are faces (label 0) and motorbikes (label 1), gray, 160 pixels high and 250 wide. They are looked for in <see cref="Root"/>/caltech, in
    /// <see cref="Root"/>/caltech101-subset and then in <see cref="Root"/> itself: decoded, as the IDX files derived-gray-160x250-images-idx3-ubyte and
    /// derived-gray-160x250-labels-idx1-ubyte, plain or with .gz; as the folders Faces_easy (or Faces) and Motorbikes of JPEG files, which may lie in 101_ObjectCategories;
    /// or as an archive of these, which is not unpacked to disk. JPEG files need libturbojpeg.
    /// </para>
    /// </summary>
    /// <param name="dataset">One of <see cref="SplitDatasets"/>.</param>
    /// <param name="split">Which split, from 1.</param>
    /// <exception cref="DatasetException">Unknown name, missing or bad files, too few images, or libturbojpeg is missing.</exception>
    public (LabelledImages Train, LabelledImages Test) LoadSplit(string dataset, int split)
    {
        if (!SplitDatasets.Contains(dataset))
            throw new DatasetException($"unknown data set of images without parts \"{dataset}\"; known are {string.Join(", ", SplitDatasets)}");
        if (split < 1)
            throw new DatasetException($"split {split} of {dataset} asked for; the first is 1");
        var images = LoadCaltech();
        for (int label = 0; label < images.Classes; label++)
        {
            int present = images.Labels.Count(other => other == label);
            if (present <= SplitTrainPerClass)
                throw new DatasetException(
                    $"{dataset} has {present} images of class {ClassNamesOf(dataset)[label]} here, and {SplitTrainPerClass} of each are to train with; get all of them");
        }
        var fold = Folds.Draw(images.Labels, SplitTrainPerClass, split, SplitSeed);
        // The first so many of those to test with are to be of all classes.
        int[] test = [.. fold.Test];
        new CounterRandom(SplitSeed, TestOrder, (ulong)split).Shuffle(test);
        return (images.Select(fold.Train), images.Select(test));
    }

    /// <summary>Whether there are files of a data set, wherever they are looked for and in whatever form; they are not read.</summary>
    /// <param name="dataset">Any name.</param>
    internal bool Finds(string dataset)
    {
        if (dataset == Nmnist)
            return FindEvents() is not null;
        if (dataset == CaltechName)
            return FindCaltechGray() is not null || FindCaltechFiles() is not null;
        if (SpikeSetOf(dataset) is { } spikes)
            return FindSpikes(spikes, spikes.TrainFile) is not null && FindSpikes(spikes, spikes.TestFile) is not null;
        if (ImageSets.FirstOrDefault(set => set.Name == dataset) is not { } images)
            return false;
        return PlacesOf(images).Any(place =>
            (images.IsEmnist && File.Exists(Path.Combine(place, EmnistArchive)))
            || (FilesOf(images.TrainPrefix).Concat(FilesOf(images.TestPrefix)).All(file => FileIn(place, file) is not null)));
    }

    private string[] NmnistPlaces => [Path.Combine(Root, Nmnist), Path.Combine(Root, NmnistSubset), Root];

    private string[] CaltechPlaces => [Path.Combine(Root, CaltechName), Path.Combine(Root, "caltech101-subset"), Root];

    // Directories or archives.
    private (string Train, string Test)? FindEvents()
    {
        foreach (string place in NmnistPlaces)
        {
            string At(string name) => Path.Combine(place, name);
            if (Directory.Exists(At("Train")) && Directory.Exists(At("Test")))
                return (place, place);
            if (File.Exists(At("Train.zip")) && File.Exists(At("Test.zip")))
                return (At("Train.zip"), At("Test.zip"));
            string[] archives = [Nmnist + ".zip", Nmnist + ".tar.gz", NmnistSubset + ".zip", NmnistSubset + ".tar.gz"];
            if (archives.Select(At).FirstOrDefault(File.Exists) is { } both)
                return (both, both);
        }
        return null;
    }

    private SpikeSamples LoadSpikes(string dataset, string part, int? count, Func<SpikeSet, string> fileOf)
    {
        var set = SpikeSetOf(dataset) ?? throw new DatasetException($"unknown data set of spike trains \"{dataset}\"; known are {string.Join(", ", SpikeDatasets)}");
        if (count < 1)
            throw new DatasetException($"{count} {part} samples of {dataset} asked for; ask for at least 1");
        string file = fileOf(set);
        string home = Path.Combine(Root, dataset);
        var found = FindSpikes(set, file) ?? throw new DatasetException(
            $"the {part} samples of {dataset} are missing: there is no {file} in {home} or {Root}; put {set.TrainFile} and {set.TestFile}, plain or .gz, into {home}"
            + (Downloads.PublicDatasets.Find(dataset) is { IsPublished: true } ? $" (actorsnn data get {dataset} --data {Root} does)" : "")
            + $", or set {Variable} to the directory that holds {dataset}");
        return SpikeFile.Read(dataset, found.Path, set.Classes, count);
    }

    private DataFile? FindSpikes(SpikeSet set, string file) => FileIn(Path.Combine(Root, set.Name), file) ?? FileIn(Root, file);

    private LabelledImages LoadCaltech()
    {
        if (FindCaltechGray() is var (images, labels))
            return IdxFile.Read(CaltechName, images, labels, ClassNames.FacesAndMotorbikes.Length);
        if (FindCaltechFiles() is { } path)
            return CaltechImages.Read(CaltechName, FileBundle.Open(path));
        var places = CaltechPlaces;
        throw new DatasetException(
            $"the images of {CaltechName} are missing: looked in {string.Join(", in ", places[..^1])} and in {places[^1]}; put the folders {CaltechImages.FacesEasy} and "
            + $"{CaltechImages.Motorbikes} of Caltech-101, or {CaltechArchives[0]}, into {places[0]} (actorsnn data get {CaltechName} --data {Root} does), "
            + $"or set {Variable} to the directory that holds {CaltechName}");
    }

    private (DataFile Images, DataFile Labels)? FindCaltechGray()
    {
        foreach (string place in CaltechPlaces)
        {
            if (FileIn(place, CaltechGray + "-images-idx3-ubyte") is { } images && FileIn(place, CaltechGray + "-labels-idx1-ubyte") is { } labels)
                return (images, labels);
        }
        return null;
    }

    // A directory that has the folders, or an archive.
    private string? FindCaltechFiles()
    {
        foreach (string place in CaltechPlaces)
        {
            string[] faces = [CaltechImages.FacesEasy, CaltechImages.Faces];
            if (CaltechFolders.Select(folder => Path.Combine(place, folder)).FirstOrDefault(folder =>
                faces.Any(face => Directory.Exists(Path.Combine(folder, face))) && Directory.Exists(Path.Combine(folder, CaltechImages.Motorbikes))) is { } directory)
                return directory;
            if (CaltechArchives.Select(archive => Path.Combine(place, archive)).FirstOrDefault(File.Exists) is { } packed)
                return packed;
        }
        return null;
    }

    private LabelledImages Load(string dataset, string part, int? count, Func<DrawnSet, Func<int?, LabelledImages>> draw)
    {
        if (count < 1)
            throw new DatasetException($"{count} {part} images of {dataset} asked for; ask for at least 1");
        if (DrawnSetOf(dataset) is { } drawn)
        {
            if (count > GlyphImages.MostImages)
                throw TooMany(dataset, part, count.Value, GlyphImages.MostImages);
            return draw(drawn)(count);
        }

        var source = SetOf(dataset);
        var (images, labels) = Find(source, part);
        var set = IdxFile.Read(dataset, images, labels, source.Classes.Length, source.FirstLabel);
        if (LabelsOf.ContainsValue(dataset) && LabelsOf.TryGetValue(Convert.ToHexStringLower(SHA256.HashData(set.Labels)), out var found)
            && found != dataset)
            throw new DatasetException(
                $"{labels} holds the labels of {found}; the files of {dataset} belong in {Path.Combine(Root, dataset)}");
        if (count > set.Count)
            throw TooMany(dataset, part, count.Value, set.Count);
        set = set.Take(count ?? set.Count);
        return source.IsEmnist ? set.Transposed() : set;
    }

    private static DrawnSet? DrawnSetOf(string dataset) => DrawnSets.FirstOrDefault(set => set.Name == dataset);

    private static SpikeSet? SpikeSetOf(string dataset) => SpikeSets.FirstOrDefault(set => set.Name == dataset);

    private static ImageSet SetOf(string dataset) => ImageSets.FirstOrDefault(set => set.Name == dataset)
        ?? throw new DatasetException($"unknown data set \"{dataset}\"; known are {string.Join(", ", Datasets)}");

    private static ImageSet Emnist(string split, string[] classes) =>
        new($"emnist-{split}", classes, $"emnist-{split}-train-", $"emnist-{split}-test-") { IsEmnist = true };

    private static DatasetException TooMany(string dataset, string part, int count, int present) =>
        new($"{count} {part} images of {dataset} asked for; it has {present}");

    private (DataFile Images, DataFile Labels) Find(ImageSet set, string part)
    {
        var prefix = part == "training" ? set.TrainPrefix : set.TestPrefix;
        var files = FilesOf(prefix);
        var packed = files.Select(file => file + ".gz").ToArray();
        var home = Path.Combine(Root, set.Name);
        var archiveHome = Path.Combine(Root, EmnistFolder);
        var places = PlacesOf(set);
        foreach (var place in places)
        {
            if (FileIn(place, files[0]) is { } images && FileIn(place, files[1]) is { } labels)
                return (images, labels);
            var archive = Path.Combine(place, EmnistArchive);
            if (!set.IsEmnist || !File.Exists(archive))
                continue;
            var missing = packed.Except(DataFile.MembersOf(archive, packed)).ToList();
            if (missing.Count > 0)
                throw new DatasetException($"{archive} holds no {string.Join(" and no ", missing)}; it is not the archive of EMNIST, get it again");
            return (new DataFile(archive, packed[0]), new DataFile(archive, packed[1]));
        }

        var looked = string.Join(" and in ", places.Select(place =>
            $"{place} (no {string.Join(", no ", files.Where(file => FileIn(place, file) is null))})"));
        throw new DatasetException(
            $"the {part} images of {set.Name} are missing: looked in {looked}; put {files[0]} and {files[1]}, plain or .gz, "
            + $"into {home} (actorsnn data get {set.Name} --data {Root} does), {(set.IsEmnist ? $"or {EmnistArchive} into {archiveHome}, " : "")}"
            + $"or set {Variable} to the directory that holds {set.Name}");
    }

    private string[] PlacesOf(ImageSet set) =>
        set.IsEmnist ? [Path.Combine(Root, set.Name), Path.Combine(Root, EmnistFolder), Root] : [Path.Combine(Root, set.Name), Root];

    private static string[] FilesOf(string prefix) => [prefix + "images-idx3-ubyte", prefix + "labels-idx1-ubyte"];

    private static DataFile? FileIn(string directory, string file)
    {
        var plain = Path.Combine(directory, file);
        return File.Exists(plain) ? new(plain) : File.Exists(plain + ".gz") ? new(plain + ".gz") : null;
    }

    private static string CacheDirectory(Func<string, string?> environment)
    {
        if (!OperatingSystem.IsLinux())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "actorsnn");
        var cache = environment("XDG_CACHE_HOME"); // to be ignored unless absolute, says the XDG specification
        if (!Path.IsPathRooted(cache))
            cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "actorsnn");
    }

    private sealed record DrawnSet(string Name, string[] Classes, Func<int?, LabelledImages> Train, Func<int?, LabelledImages> Test);

    private sealed record SpikeSet(string Name, string[] Classes, string TrainFile, string TestFile);

    private sealed record ImageSet(string Name, string[] Classes, string TrainPrefix, string TestPrefix)
    {
        public int FirstLabel { get; init; }

        /// <summary>Whether its images are stored transposed, and its packed files may lie in the archive they are published in.</summary>
        public bool IsEmnist { get; init; }
    }
}
