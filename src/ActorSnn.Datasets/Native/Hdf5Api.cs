using System.Runtime.InteropServices;

namespace ActorSnn.Datasets.Native;

/// <summary>
/// What is used of libhdf5, 1.10.5 or newer (since 1.10 identifiers have 64 bits, and since 1.10.5 it tells where chunks lie), under its own names. Identifiers and results below 0 are failures. 0 stands for the default
/// property list and the default error stack.
/// </summary>
internal static unsafe partial class Hdf5Api
{
    public const int IntegerClass = 0;
    public const int FloatClass = 1;
    public const int StringClass = 3;
    public const int VariableLengthClass = 9;

    private const string Library = SystemLibrary.Hdf5Name;

    /// <summary>The predefined type of 32-bit floating-point numbers of this machine.</summary>
    public static long NativeFloat => TypeNamed("H5T_NATIVE_FLOAT_g");

    /// <summary>The predefined type of signed 64-bit integers of this machine.</summary>
    public static long NativeInt64 => TypeNamed("H5T_NATIVE_LLONG_g");

    [LibraryImport(Library)]
    public static partial int H5open();

    [LibraryImport(Library)]
    public static partial int H5get_libversion(out uint major, out uint minor, out uint release);

    [LibraryImport(Library)]
    public static partial int H5Eset_auto2(long stack, nint function, nint data);

    [LibraryImport(Library)]
    public static partial int H5Ewalk2(long stack, int direction, delegate* unmanaged<uint, ErrorRecord*, void*, int> visit, void* data);

    /// <summary>Gives up an identifier of any kind.</summary>
    [LibraryImport(Library)]
    public static partial int H5Idec_ref(long id);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial long H5Fopen(string path, uint flags, long accessProperties);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int H5Lexists(long location, string name, long accessProperties);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial long H5Dopen2(long location, string name, long accessProperties);

    [LibraryImport(Library)]
    public static partial long H5Dget_type(long dataset);

    [LibraryImport(Library)]
    public static partial long H5Dget_space(long dataset);

    [LibraryImport(Library)]
    public static partial long H5Dget_create_plist(long dataset);

    /// <summary>Where in the file a dataset lies that lies in one piece; all bits set if nowhere.</summary>
    [LibraryImport(Library)]
    public static partial ulong H5Dget_offset(long dataset);

    [LibraryImport(Library)]
    public static partial int H5Dget_num_chunks(long dataset, long fileSpace, ulong* count);

    /// <param name="dataset">In chunks.</param>
    /// <param name="fileSpace">Its space.</param>
    /// <param name="index">Which chunk.</param>
    /// <param name="first">[dimensions], given its first element.</param>
    /// <param name="filterMask">Given the filters that were left out.</param>
    /// <param name="address">Given where in the file it lies.</param>
    /// <param name="size">Given its size in bytes there.</param>
    [LibraryImport(Library)]
    public static partial int H5Dget_chunk_info(long dataset, long fileSpace, ulong index, ulong* first, uint* filterMask, ulong* address, ulong* size);

    [LibraryImport(Library)]
    public static partial int H5Pget_nfilters(long properties);

    [LibraryImport(Library)]
    public static partial int H5Pget_layout(long properties);

    [LibraryImport(Library)]
    public static partial int H5Dread(long dataset, long memoryType, long memorySpace, long fileSpace, long transferProperties, void* buffer);

    [LibraryImport(Library)]
    public static partial int H5Dvlen_reclaim(long memoryType, long memorySpace, long transferProperties, void* buffer);

    [LibraryImport(Library)]
    public static partial int H5Sget_simple_extent_ndims(long space);

    [LibraryImport(Library)]
    public static partial int H5Sget_simple_extent_dims(long space, ulong* sizes, ulong* mostSizes);

    [LibraryImport(Library)]
    public static partial long H5Screate_simple(int dimensions, ulong* sizes, ulong* mostSizes);

    /// <param name="space">A space of the file.</param>
    /// <param name="operation">0 replaces what was selected.</param>
    /// <param name="start">[dimensions].</param>
    /// <param name="stride">[dimensions], or null for 1.</param>
    /// <param name="count">[dimensions].</param>
    /// <param name="block">[dimensions], or null for 1.</param>
    [LibraryImport(Library)]
    public static partial int H5Sselect_hyperslab(long space, int operation, ulong* start, ulong* stride, ulong* count, ulong* block);

    [LibraryImport(Library)]
    public static partial int H5Tget_class(long type);

    [LibraryImport(Library)]
    public static partial long H5Tget_super(long type);

    [LibraryImport(Library)]
    public static partial nuint H5Tget_size(long type);

    [LibraryImport(Library)]
    public static partial int H5Tis_variable_str(long type);

    [LibraryImport(Library)]
    public static partial long H5Tvlen_create(long elementType);

    private static long TypeNamed(string symbol) => *(long*)SystemLibrary.Hdf5.AddressOf(symbol);

    /// <summary>A sequence of variable length in memory (hvl_t); the library allocates it and takes it back.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Sequence
    {
        public nuint Length;
        public void* Elements;
    }

    /// <summary>One record of the error stack (H5E_error2_t).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ErrorRecord
    {
        public long Class;
        public long Major;
        public long Minor;
        public uint Line;
        public byte* Function;
        public byte* File;
        public byte* Description;
    }
}
