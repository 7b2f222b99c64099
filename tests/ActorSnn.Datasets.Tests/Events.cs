using System.Formats.Tar;
using System.IO.Compression;

namespace ActorSnn.Datasets.Tests;

/// <summary>Writes recordings of events and archives of them.</summary>
internal static class Events
{
    /// <summary>An event, or with y = 240 an overflow of the time.</summary>
    public static byte[] Record(int x, int y, bool isOn, int timeUs) =>
        [(byte)x, (byte)y, (byte)((isOn ? 0x80 : 0) | (timeUs >> 16)), (byte)(timeUs >> 8), (byte)timeUs];

    /// <summary>A recording that nothing else has the events of: one event, at a pixel and time made of the number.</summary>
    public static byte[] Numbered(int number) => Record(number % 34, number / 34 % 34, isOn: true, 1_000 * number % 336_000);

    public static byte[] Zip(params IEnumerable<(string Name, byte[] Bytes)> files)
    {
        var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in files)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(bytes);
            }
        }
        return packed.ToArray();
    }

    public static byte[] Tar(params IEnumerable<(string Name, byte[] Bytes)> files)
    {
        var content = new MemoryStream();
        using (var archive = new TarWriter(content, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (name, bytes) in files)
            {
                bool isFolder = name.EndsWith('/');
                var entry = new UstarTarEntry(isFolder ? TarEntryType.Directory : TarEntryType.RegularFile, name);
                if (!isFolder) entry.DataStream = new MemoryStream(bytes);
                archive.WriteEntry(entry);
            }
        }
        return content.ToArray();
    }
}
