using System.Runtime.InteropServices;
using System.Text;
using ActorSnn.Datasets.Native;
using static ActorSnn.Datasets.Native.Hdf5Api;

namespace ActorSnn.Datasets.Spikes;

/// <summary>
/// An HDF5 file that is open for reading, by libhdf5. Its items are named by their paths, as in spikes/times, and have one dimension. The library takes one caller at a time;
/// others wait. It prints nothing: whatever it finds wrong is a <see cref="DatasetException"/> that names the file and the item.
/// </summary>
internal sealed unsafe class Hdf5File
{
    // Sequences that the library holds in memory at once.
    private const int SequencesAtOnce = 64;

    // More than any data set has; a file that promises more is damaged.
    private const int MostElements = 10_000_000;

    private static readonly Version Oldest = new(1, 10, 5);

    private static readonly Lock OneCaller = new();

    private static string? _reason;

    private readonly string _path;
    private readonly long _file;
    private readonly SequenceCheck _check;

    private Hdf5File(string path, long file, SequenceCheck check) => (_path, _file, _check) = (path, file, check);

    /// <summary>Given one sequence of an item.</summary>
    /// <param name="index">Which of them, from 0.</param>
    /// <param name="sequence">Valid until the call returns.</param>
    public delegate void SequenceVisitor<T>(int index, ReadOnlySpan<T> sequence) where T : unmanaged;

    /// <summary>Opens a file, plain or packed with gzip (told apart by content), reads from it and closes it.</summary>
    /// <exception cref="DatasetException">libhdf5 is missing or too old; or the file is missing, damaged or of another kind.</exception>
    public static T Read<T>(string path, Func<Hdf5File, T> read)
    {
        SystemLibrary.Hdf5.Require(path);
        using var content = UnpackedFile.Of(path);
        using var bytes = OpenSigned(path, content.Path);
        lock (OneCaller)
        {
            _ = H5open();
            _ = H5Eset_auto2(0, 0, 0); // of this thread, which may never have been here
            _ = H5get_libversion(out uint major, out uint minor, out uint release);
            if (new Version((int)major, (int)minor, (int)release) < Oldest)
                throw new DatasetException($"reading {path} needs libhdf5 {Oldest} or newer; the one installed here is {major}.{minor}.{release}");
            using var file = new Id(H5Fopen(content.Path, 0, 0));
            if (!file.IsValid)
                throw new DatasetException($"{path} is a truncated or damaged HDF5 file{Reason()}; get the whole file again");
            content.Opened();
            return read(new Hdf5File(path, file.Value, new SequenceCheck(bytes)));
        }
    }

    /// <summary>Whether there is an item.</summary>
    public bool Has(string item)
    {
        for (int slash = item.IndexOf('/'); slash >= 0; slash = item.IndexOf('/', slash + 1))
        {
            if (H5Lexists(_file, item[..slash], 0) <= 0)
                return false;
        }
        return H5Lexists(_file, item, 0) > 0;
    }

    /// <summary>Number of elements of an item.</summary>
    /// <exception cref="DatasetException">There is no such item, it cannot be read or has not one dimension.</exception>
    public int LengthOf(string item)
    {
        using var array = new OpenArray(this, item);
        return array.Length;
    }

    /// <summary>Reads integers of any width; those beyond 64 bits with a sign come as the nearest that fits.</summary>
    /// <exception cref="DatasetException">There is no such item, it cannot be read, or has not one dimension of integers.</exception>
    public long[] ReadIntegers(string item)
    {
        using var array = new OpenArray(this, item);
        Require(item, H5Tget_class(array.Type), IntegerClass, "integers");
        var values = new long[array.Length];
        fixed (long* to = values)
        {
            if (H5Dread(array.Dataset, NativeInt64, 0, 0, 0, to) < 0)
                throw Unreadable(item);
        }
        return values;
    }

    /// <summary>Reads text of fixed or variable length, padded with zeros or spaces.</summary>
    /// <exception cref="DatasetException">There is no such item, it cannot be read, or has not one dimension of text.</exception>
    public string[] ReadText(string item)
    {
        using var array = new OpenArray(this, item);
        Require(item, H5Tget_class(array.Type), StringClass, "text");
        bool isVariable = H5Tis_variable_str(array.Type) > 0;
        long size = isVariable ? sizeof(byte*) : (long)H5Tget_size(array.Type);
        if (size * array.Length > MostElements)
            throw new DatasetException($"{_path}: {item} has {array.Length} texts of {size} bytes, more than can be; get the file again");
        var bytes = new byte[size * array.Length];
        var texts = new string[array.Length];
        using var space = new Id(H5Dget_space(array.Dataset));
        fixed (byte* to = bytes)
        {
            if (H5Dread(array.Dataset, array.Type, 0, 0, 0, to) < 0)
                throw Unreadable(item);
            for (int n = 0; n < texts.Length; n++)
            {
                var text = isVariable ? MemoryMarshal.CreateReadOnlySpanFromNullTerminated(((byte**)to)[n]) : bytes.AsSpan((int)(n * size), (int)size);
                int end = text.IndexOf((byte)0);
                texts[n] = Encoding.UTF8.GetString(end < 0 ? text : text[..end]).TrimEnd();
            }
            if (isVariable)
                _ = H5Dvlen_reclaim(array.Type, space.Value, 0, to);
        }
        return texts;
    }

    /// <summary>Reads the first sequences of an item of sequences of floating-point numbers of any width, as 32-bit ones.</summary>
    /// <exception cref="DatasetException">There is no such item, it cannot be read, or has not one dimension of such sequences.</exception>
    public void ReadFloatSequences(string item, int count, SequenceVisitor<float> visit) => ReadSequences(item, FloatClass, "floating-point numbers", NativeFloat, count, visit);

    /// <summary>Reads the first sequences of an item of sequences of integers of any width; those beyond 64 bits with a sign come as the nearest that fits.</summary>
    /// <exception cref="DatasetException">There is no such item, it cannot be read, or has not one dimension of such sequences.</exception>
    public void ReadIntegerSequences(string item, int count, SequenceVisitor<long> visit) => ReadSequences(item, IntegerClass, "integers", NativeInt64, count, visit);

    private static FileStream OpenSigned(string path, string content)
    {
        FileStream? file = null;
        try
        {
            file = File.OpenRead(content);
            Span<byte> start = stackalloc byte[8];
            int read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            if (start is [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A])
                return file;
            file.Dispose();
            throw new DatasetException(read == 0 ? $"{path} is empty; an HDF5 file belongs there" : $"{path} is no HDF5 file; get the file again");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new DatasetException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private void ReadSequences<T>(string item, int elementClass, string elements, long nativeType, int count, SequenceVisitor<T> visit) where T : unmanaged
    {
        using var array = new OpenArray(this, item);
        Require(item, H5Tget_class(array.Type), VariableLengthClass, $"sequences of {elements}");
        using var elementType = new Id(H5Tget_super(array.Type));
        Require(item, H5Tget_class(elementType.Value), elementClass, $"sequences of {elements}");
        using var type = new Id(H5Tvlen_create(nativeType));
        using var fileSpace = new Id(H5Dget_space(array.Dataset));
        if (!_check.Passes(array.Dataset, fileSpace.Value, array.Length, (int)H5Tget_size(elementType.Value)))
            throw new DatasetException($"{_path}: {item} cannot be read (its sequences are not as long as their storage); the file is damaged, get it again");
        var sequences = stackalloc Sequence[SequencesAtOnce];
        for (int first = 0; first < count; first += SequencesAtOnce)
        {
            ulong start = (ulong)first;
            ulong some = (ulong)Math.Min(SequencesAtOnce, count - first);
            using var memorySpace = new Id(H5Screate_simple(1, &some, null));
            new Span<Sequence>(sequences, SequencesAtOnce).Clear();
            if (H5Sselect_hyperslab(fileSpace.Value, 0, &start, null, &some, null) < 0
                || H5Dread(array.Dataset, type.Value, memorySpace.Value, fileSpace.Value, 0, sequences) < 0)
                throw Unreadable(item);
            try
            {
                for (int n = 0; n < (int)some; n++)
                {
                    if (sequences[n].Length > MostElements)
                        throw new DatasetException($"{_path}: {item} of sample {first + n} has {sequences[n].Length} elements, more than can be; get the file again");
                    visit(first + n, new ReadOnlySpan<T>(sequences[n].Elements, (int)sequences[n].Length));
                }
            }
            finally
            {
                _ = H5Dvlen_reclaim(type.Value, memorySpace.Value, 0, sequences);
            }
        }
    }

    private void Require(string item, int found, int wanted, string what)
    {
        if (found != wanted)
            throw new DatasetException($"{_path}: {item} does not hold {what}; it is not the file that belongs there");
    }

    private DatasetException Unreadable(string item) => new($"{_path}: {item} cannot be read{Reason()}; the file is damaged, get it again");

    /// <summary>What the library says of its last failure, in brackets; nothing if it says nothing.</summary>
    private static string Reason()
    {
        _reason = null;
        _ = H5Ewalk2(0, 0, &KeepFirst, null);
        return _reason is null ? "" : $" ({_reason})";
    }

    // Called from where it went wrong upwards; the first record says most.
    [UnmanagedCallersOnly]
    private static int KeepFirst(uint number, ErrorRecord* record, void* data)
    {
        if (number == 0)
            _reason = Marshal.PtrToStringUTF8((nint)record->Description)?.ReplaceLineEndings(" ");
        return 0;
    }

    /// <summary>An identifier, given up at the end.</summary>
    private readonly struct Id(long value) : IDisposable
    {
        public long Value => value;

        public bool IsValid => value > 0;

        public void Dispose()
        {
            if (IsValid)
                _ = H5Idec_ref(value);
        }
    }

    /// <summary>An item of one dimension that is open.</summary>
    private readonly struct OpenArray : IDisposable
    {
        private readonly Id _dataset;
        private readonly Id _type;

        public OpenArray(Hdf5File file, string item)
        {
            if (!file.Has(item))
                throw new DatasetException($"{file._path} has no {item}; it is not the file that belongs there");
            _dataset = new Id(H5Dopen2(file._file, item, 0));
            if (!_dataset.IsValid)
                throw file.Unreadable(item);
            _type = new Id(H5Dget_type(_dataset.Value));
            using var space = new Id(H5Dget_space(_dataset.Value));
            int dimensions = space.IsValid && _type.IsValid ? H5Sget_simple_extent_ndims(space.Value) : -1;
            ulong length = 0;
            if (dimensions == 1)
                _ = H5Sget_simple_extent_dims(space.Value, &length, null);
            if (dimensions != 1 || length > MostElements)
            {
                Dispose();
                throw dimensions < 0 ? file.Unreadable(item) : new DatasetException(
                    dimensions == 1 ? $"{file._path}: {item} has {length} elements, more than can be; get the file again"
                    : $"{file._path}: {item} has {dimensions} dimensions; it has to have one");
            }
            Length = (int)length;
        }

        public int Length { get; }

        public long Dataset => _dataset.Value;

        public long Type => _type.Value;

        public void Dispose()
        {
            _type.Dispose();
            _dataset.Dispose();
        }
    }
}
