using System.Runtime.InteropServices;
using System.Text;
using ActorSnn.Datasets.Native;

namespace ActorSnn.Datasets.Tests;

/// <summary>Writes HDF5 files, also such as nobody should, by the library they are read with; for one test at a time.</summary>
internal sealed unsafe partial class Hdf5Writer : IDisposable
{
    private readonly long _file;

    public Hdf5Writer(string path)
    {
        SystemLibrary.Hdf5.Require(path);
        // A process that another test starts meanwhile inherits the file, and with it the lock, which would last as long as that process.
        if (!OperatingSystem.IsWindows()) SetForNativeCode("HDF5_USE_FILE_LOCKING", "FALSE", overwrite: 1);
        Id(((delegate* unmanaged<int>)Function("H5open"))());
        fixed (byte* name = Text(path))
            _file = Id(((delegate* unmanaged<byte*, uint, long, long, long>)Function("H5Fcreate"))(name, 2, 0, 0)); // 2 replaces what is there
    }

    public void Dispose() => Close(_file);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetForNativeCode(string name, string value, int overwrite);

    public Hdf5Writer Group(string name)
    {
        fixed (byte* path = Text(name))
            Close(Id(((delegate* unmanaged<long, byte*, long, long, long, long>)Function("H5Gcreate2"))(_file, path, 0, 0, 0)));
        return this;
    }

    /// <summary>Sequences of floating-point numbers of 16, 32 or 64 bits.</summary>
    public Hdf5Writer FloatSequences(string item, int bits, params float[][] sequences)
    {
        long type = Copy(bits == 64 ? "H5T_IEEE_F64LE_g" : "H5T_IEEE_F32LE_g");
        if (bits == 16)
        {
            Id(((delegate* unmanaged<long, nuint, nuint, nuint, nuint, nuint, int>)Function("H5Tset_fields"))(type, 15, 10, 5, 0, 10));
            Id(((delegate* unmanaged<long, nuint, int>)Function("H5Tset_size"))(type, 2));
            Id(((delegate* unmanaged<long, nuint, int>)Function("H5Tset_ebias"))(type, 15));
        }
        return Sequences(item, type, Copy("H5T_NATIVE_FLOAT_g"), sequences);
    }

    /// <summary>Sequences of integers of a type of HDF5, as in H5T_STD_U16LE.</summary>
    public Hdf5Writer IntegerSequences(string item, string type, params long[][] sequences) => Sequences(item, Copy(type + "_g"), Copy("H5T_NATIVE_LLONG_g"), sequences);

    /// <summary>Integers of a type of HDF5, in one or more dimensions.</summary>
    public Hdf5Writer Integers(string item, string type, ulong[] shape, params long[] values)
    {
        fixed (long* from = values)
            Write(item, Copy(type + "_g"), Copy("H5T_NATIVE_LLONG_g"), shape, from);
        return this;
    }

    /// <summary>Text of a fixed length, or of variable length if that is 0.</summary>
    public Hdf5Writer Texts(string item, int length, params string[] texts)
    {
        long type = Copy("H5T_C_S1_g");
        Id(((delegate* unmanaged<long, nuint, int>)Function("H5Tset_size"))(type, length > 0 ? (nuint)length : nuint.MaxValue));
        byte[] all = [.. texts.SelectMany(text => length > 0 ? Encoding.UTF8.GetBytes(text.PadRight(length, '\0')) : Text(text))];
        fixed (byte* from = all)
        {
            var pointers = stackalloc byte*[texts.Length];
            byte* next = from;
            for (int n = 0; n < texts.Length; n++)
            {
                pointers[n] = next;
                next += Text(texts[n]).Length;
            }
            Write(item, type, Copy(type), [(ulong)texts.Length], length > 0 ? from : pointers);
        }
        return this;
    }

    private Hdf5Writer Sequences<T>(string item, long fileElement, long memoryElement, T[][] sequences) where T : unmanaged
    {
        T[] all = [.. sequences.SelectMany(sequence => sequence), default];
        fixed (T* elements = all)
        {
            var records = stackalloc Hdf5Api.Sequence[sequences.Length];
            T* next = elements;
            for (int n = 0; n < sequences.Length; n++)
            {
                records[n] = new Hdf5Api.Sequence { Length = (nuint)sequences[n].Length, Elements = next };
                next += sequences[n].Length;
            }
            Write(item, Id(Hdf5Api.H5Tvlen_create(fileElement)), Id(Hdf5Api.H5Tvlen_create(memoryElement)), [(ulong)sequences.Length], records);
        }
        Close(fileElement);
        Close(memoryElement);
        return this;
    }

    // Gives the types up.
    private void Write(string item, long fileType, long memoryType, ulong[] shape, void* from)
    {
        fixed (byte* name = Text(item))
        fixed (ulong* sizes = shape)
        {
            long space = Id(Hdf5Api.H5Screate_simple(shape.Length, sizes, null));
            long dataset = Id(((delegate* unmanaged<long, byte*, long, long, long, long, long, long>)Function("H5Dcreate2"))(_file, name, fileType, space, 0, 0, 0));
            Id(((delegate* unmanaged<long, long, long, long, long, void*, int>)Function("H5Dwrite"))(dataset, memoryType, 0, 0, 0, from));
            Close(dataset);
            Close(space);
        }
        Close(fileType);
        Close(memoryType);
    }

    private static long Copy(string type) => Copy(*(long*)Function(type));

    private static long Copy(long type) => Id(((delegate* unmanaged<long, long>)Function("H5Tcopy"))(type));

    private static void Close(long id) => Id(Hdf5Api.H5Idec_ref(id));

    private static long Id(long result) => result >= 0 ? result : throw new InvalidOperationException("libhdf5 refuses");

    private static nint Function(string name) => SystemLibrary.Hdf5.AddressOf(name);

    private static byte[] Text(string text) => [.. Encoding.UTF8.GetBytes(text), 0];
}
