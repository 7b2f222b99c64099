namespace ActorSnn.Datasets.Caltech;

/// <summary>
/// The faces and motorbikes of Caltech-101 (Fei-Fei, Fergus and Perona, CVPR workshop 2004): JPEG files of many sizes in the folders Faces_easy (Faces where there is none) and
/// Motorbikes, in a directory or in a .zip or .tar.gz archive, which is read where it lies. They become gray and <see cref="Rows"/> x <see cref="Columns"/>
/// pixels large; faces come first, each class in the order of its file names. libturbojpeg is needed.
/// </summary>
internal static class CaltechImages
{
    public const int Rows = 160;
    public const int Columns = 250;

    public const string FacesEasy = "Faces_easy";
    public const string Faces = "Faces";
    public const string Motorbikes = "Motorbikes";

    // Those of Caltech-101 have some tens of thousands.
    private const int MostBytes = 50_000_000;

    /// <summary>Reads all images.</summary>
    /// <param name="name">What the set is called in messages and reports.</param>
    /// <param name="bundle">The directory that has the folders, or the archive that has them anywhere.</param>
    /// <exception cref="DatasetException">libturbojpeg is missing; a folder is missing; or a file is damaged or cannot be read.</exception>
    public static LabelledImages Read(string name, FileBundle bundle)
    {
        var faces = ReadClass(bundle, FacesEasy);
        if (faces.Count == 0)
            faces = ReadClass(bundle, Faces);
        var motorbikes = ReadClass(bundle, Motorbikes);
        if (faces.Count == 0 || motorbikes.Count == 0)
            throw new DatasetException(
                $"{bundle.Path} holds no {(faces.Count == 0 ? $"{FacesEasy}/(name).jpg and no {Faces}" : Motorbikes)}/(name).jpg; the folders of Caltech-101 belong there");
        byte[][] images = [.. faces.Values, .. motorbikes.Values];
        var pixels = new byte[images.Length * Rows * Columns];
        for (int n = 0; n < images.Length; n++)
            images[n].CopyTo(pixels, n * Rows * Columns);
        byte[] labels = [.. Enumerable.Repeat((byte)0, faces.Count), .. Enumerable.Repeat((byte)1, motorbikes.Count)];
        return new LabelledImages(name, Rows, Columns, pixels, labels, ClassNames.FacesAndMotorbikes.Length);
    }

    private static SortedDictionary<string, byte[]> ReadClass(FileBundle bundle, string folder)
    {
        var images = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        bundle.Read(folder, name => IsImageIn(folder, name), (name, content) =>
        {
            string described = bundle.Describe(name);
            var image = JpegFile.ReadGray(ReadBytes(content, described), described).Resized(Rows, Columns);
            string file = name[(name.LastIndexOf('/') + 1)..];
            if (!images.TryAdd(file, image.Pixels))
                throw new DatasetException($"{bundle.Path} holds {folder}/{file} twice; get it again");
        });
        return images;
    }

    private static bool IsImageIn(string folder, string name)
    {
        if (name.Split('/') is not [.., var above, var file] || above != folder || file[0] == '.') // archivers and desktops leave such files behind
            return false;
        return file.EndsWith(".jpg", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".jpeg", StringComparison.OrdinalIgnoreCase);
    }

    private static byte[] ReadBytes(Stream content, string name)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (content.Read(buffer) is > 0 and var read)
        {
            if (bytes.Length + read > MostBytes)
                throw new DatasetException($"{name} is no photograph: it has more than {MostBytes} bytes");
            bytes.Write(buffer, 0, read);
        }
        return bytes.ToArray();
    }
}
