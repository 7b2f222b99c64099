namespace ActorSnn.Datasets.Downloads;

/// <summary>
/// The public data sets whose files are known, which but for fsdd-spikes can be downloaded. Sizes and SHA-256 of MNIST, Fashion-MNIST and fsdd-spikes are those of the files
/// themselves; size and SHA-256 of EMNIST's archive are those TensorFlow Datasets records; the MD5s of SHD, N-MNIST and Caltech-101 are those public loaders check, and the sizes of the
/// first two are not published.
/// </summary>
public static class PublicDatasets
{
    private const string EmnistArchive = "gzip.zip";
    private const string CaltechArchive = "101_ObjectCategories.tar.gz";

    // The page of MNIST's authors has answered 403 for years; the copies are bit for bit the same.
    private static readonly string[] MnistHomes =
    [
        "https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/", "http://yann.lecun.com/exdb/mnist/",
    ];

    private static readonly string[] FashionHomes =
    [
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/", "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    ];

    private static readonly string[] ShdHomes = ["https://zenkelab.org/datasets/", "https://compneuro.net/datasets/"];

    private const string NmnistHome = "https://data.mendeley.com/public-files/datasets/468j46mzdv/files/";

    /// <summary>All of them, each under its own name.</summary>
    public static IReadOnlyList<PublicDataset> All { get; } =
    [
        new("mnist", "handwritten digits, 60,000 + 10,000", "CC BY-SA 3.0", new("http://yann.lecun.com/exdb/mnist/"),
        [
            Packed("mnist", "train-images-idx3-ubyte.gz", MnistHomes, 9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
            Packed("mnist", "train-labels-idx1-ubyte.gz", MnistHomes, 28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
            Packed("mnist", "t10k-images-idx3-ubyte.gz", MnistHomes, 1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
            Packed("mnist", "t10k-labels-idx1-ubyte.gz", MnistHomes, 4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
        ]),
        new("fashion-mnist", "pieces of clothing, 60,000 + 10,000", "MIT", new("https://github.com/zalandoresearch/fashion-mnist"),
        [
            Packed("fashion-mnist", "train-images-idx3-ubyte.gz", FashionHomes, 26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
            Packed("fashion-mnist", "train-labels-idx1-ubyte.gz", FashionHomes, 29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
            Packed("fashion-mnist", "t10k-images-idx3-ubyte.gz", FashionHomes, 4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
            Packed("fashion-mnist", "t10k-labels-idx1-ubyte.gz", FashionHomes, 5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
        ]),
        Emnist("balanced", "letters and digits in 47 classes, 112,800 + 18,800"),
        Emnist("digits", "handwritten digits, 240,000 + 40,000"),
        Emnist("letters", "letters in 26 classes, 124,800 + 20,800"),
        Emnist("mnist", "handwritten digits, 60,000 + 10,000"),
        Emnist("byclass", "letters and digits in 62 classes, 697,932 + 116,323"),
        Emnist("bymerge", "letters and digits in 47 classes, 697,932 + 116,323"),
        new("nmnist", "MNIST seen by an event camera, 60,000 + 10,000", "CC BY-SA 4.0", new("https://www.garrickorchard.com/datasets/n-mnist"),
        [
            new("nmnist", "Train.zip", [new(NmnistHome + "39c25547-014b-4137-a934-9d29fa53c7a0/file_downloaded")], Checksum.Md5("20959b8e626244a1b502305a9e6e2031")),
            new("nmnist", "Test.zip", [new(NmnistHome + "05a4d654-7e03-4c15-bdfa-9bb2bcbea494/file_downloaded")], Checksum.Md5("69ca8762b2fe404d9b9bad1103e97832")),
        ])
        {
            Members = [new("Train.zip", "Train/", "nmnist", 60_000), new("Test.zip", "Test/", "nmnist", 10_000)],
        },
        new("shd", "spoken digits as spikes on 700 channels, 8,156 + 2,264", "CC BY 4.0",
            new("https://zenkelab.org/resources/spiking-heidelberg-datasets-shd/"),
        [
            new("shd", "shd_train.h5.gz", At(ShdHomes, "shd_train.h5.gz"), Checksum.Md5("d47c9825dee33347913e8ce0f2be08b0")),
            new("shd", "shd_test.h5.gz", At(ShdHomes, "shd_test.h5.gz"), Checksum.Md5("3062a80ec0c5719404d5b02e166543b1")),
        ]),
        new("fsdd-spikes", "digits of FSDD as spikes on 700 channels, 2,700 + 300", "CC BY-SA 4.0", new("https://github.com/Jakobovski/free-spoken-digit-dataset"),
        [
            Packed("fsdd-spikes", "fsdd_spikes_train.h5.gz", [], 39_599_549, "5892bef5b8d77e00aee1654489bbde3b708039b340217aee4f65497a2b376870"),
            Packed("fsdd-spikes", "fsdd_spikes_test.h5.gz", [], 4_340_895, "67e4a3177b483ef931a68aef3562595128e1e94e5909d09ef53a9c5338eaeff3"),
        ]),
        new("caltech", "faces and motorbikes of Caltech-101, 435 + 798", "CC BY 4.0", new("https://data.caltech.edu/records/mzrjq-6wc02"),
        [
            new("caltech", "caltech-101.zip", [new("https://data.caltech.edu/records/mzrjq-6wc02/files/caltech-101.zip?download=1")],
                Checksum.Md5("3138e1922a9193bfa496528edbbc45d0"), 137_414_764),
        ])
        {
            Members = [new("caltech-101.zip", CaltechArchive, "caltech")],
        },
    ];

    /// <summary>The data set of a name; null if there is none.</summary>
    /// <param name="name">As in <see cref="PublicDataset.Name"/>.</param>
    public static PublicDataset? Find(string name) => All.FirstOrDefault(d => d.Name == name);

    private static PublicFile Packed(string folder, string name, string[] homes, long bytes, string sha256) =>
        new(folder, name, At(homes, name), Checksum.Sha256(sha256), bytes);

    // All splits come in one archive, which has a folder of its own so that it is fetched once.
    private static PublicDataset Emnist(string split, string summary)
    {
        var archive = new PublicFile("emnist", EmnistArchive,
            [new("https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip"), new("https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/gzip.zip")],
            Checksum.Sha256("fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e"), 561_753_746);
        string[] parts = ["train-images-idx3", "train-labels-idx1", "test-images-idx3", "test-labels-idx1"];
        return new PublicDataset($"emnist-{split}", summary, "none stated (NIST)", new("https://www.nist.gov/itl/products-and-services/emnist-dataset"), [archive])
        {
            Members = [.. parts.Select(part => new ArchiveMember(EmnistArchive, $"emnist-{split}-{part}-ubyte.gz", $"emnist-{split}"))],
        };
    }

    private static Uri[] At(string[] homes, string name) => [.. homes.Select(home => new Uri(home + name))];
}
