using System.Runtime.InteropServices;

namespace ActorSnn.Datasets.Native;

/// <summary>A library of the system, looked for under the names it is installed under when it is first needed: who reads no files of its kind does not need it.</summary>
internal sealed class SystemLibrary
{
    /// <summary>What imports of libhdf5 call it.</summary>
    public const string Hdf5Name = "hdf5";

    /// <summary>What imports of libturbojpeg call it.</summary>
    public const string TurboJpegName = "turbojpeg";

    // Of builds of Debian and others, newest first; 103 to 320 are HDF5 1.10 to 2.0. A name without a number is there where the development files are.
    private static readonly string[] Hdf5Numbers = ["", ".320", ".310", ".200", ".103", ".101", ".100"];

    private readonly string _name;
    private readonly string _howToInstall;
    private readonly Lazy<nint> _handle;

    static SystemLibrary() => NativeLibrary.SetDllImportResolver(typeof(SystemLibrary).Assembly, (name, _, _) => name switch
    {
        Hdf5Name => Hdf5._handle.Value,
        TurboJpegName => TurboJpeg._handle.Value,
        _ => 0,
    });

    /// <param name="name">What it is called in messages.</param>
    /// <param name="howToInstall">What to do where it is missing.</param>
    /// <param name="fileNames">The names it may have, the first choice first.</param>
    internal SystemLibrary(string name, string howToInstall, IEnumerable<string> fileNames)
    {
        (_name, _howToInstall) = (name, howToInstall);
        _handle = new Lazy<nint>(() =>
        {
            foreach (string fileName in fileNames)
            {
                if (NativeLibrary.TryLoad(fileName, out nint handle))
                    return handle;
            }
            return 0;
        });
    }

    /// <summary>Reads HDF5 files.</summary>
    public static SystemLibrary Hdf5 { get; } = new(
        "libhdf5", "on Debian 12: apt install libhdf5-103-1, on Debian 13: apt install libhdf5-310",
        OperatingSystem.IsWindows() ? ["hdf5.dll"]
        : OperatingSystem.IsMacOS() ? ["libhdf5.dylib", "/opt/homebrew/lib/libhdf5.dylib", "/usr/local/lib/libhdf5.dylib"]
        : Hdf5Numbers.SelectMany(number => (string[])[$"libhdf5_serial.so{number}", $"libhdf5.so{number}"]));

    /// <summary>Decodes JPEG files.</summary>
    public static SystemLibrary TurboJpeg { get; } = new(
        "libturbojpeg", "on Debian: apt install libturbojpeg0",
        OperatingSystem.IsWindows() ? ["turbojpeg.dll"]
        : OperatingSystem.IsMacOS() ? ["libturbojpeg.0.dylib", "libturbojpeg.dylib", "/opt/homebrew/lib/libturbojpeg.dylib", "/usr/local/lib/libturbojpeg.dylib"]
        : ["libturbojpeg.so.0", "libturbojpeg.so"]);

    /// <summary>Whether it is there.</summary>
    public bool IsInstalled => _handle.Value != 0;

    /// <summary>Loads it. To be called before anything is imported from it.</summary>
    /// <param name="file">What is to be read with it, for the message.</param>
    /// <exception cref="DatasetException">It is missing.</exception>
    public void Require(string file)
    {
        if (!IsInstalled)
            throw new DatasetException($"reading {file} needs {_name}, which is not installed here; {_howToInstall}");
    }

    /// <summary>The address of a function or variable.</summary>
    /// <exception cref="EntryPointNotFoundException">It has none of this name.</exception>
    public nint AddressOf(string symbol) => NativeLibrary.GetExport(_handle.Value, symbol);
}
