namespace ActorSnn.Datasets.Events;

/// <summary>
/// Reads the recordings of N-MNIST and its relatives (Orchard, Jayawant, Cohen and Thakor, Frontiers in Neuroscience 9:437, 2015): 5 bytes an event, which are x (8 bits),
/// y (8 bits), polarity (1 bit, 1 = ON) and time in microseconds (23 bits, big-endian). A record with y = 240 is no event: it adds 2^13 microseconds to its own time and to
/// all times behind it.
/// </summary>
public static class EventFile
{
    /// <summary>The most bytes a recording may have: 3 million events, several hundred times what N-MNIST's have.</summary>
    public const int MostBytes = 15_000_000;

    private const int BytesPerEvent = 5;
    private const byte OverflowRow = 240;
    private const int OverflowUs = 1 << 13;

    /// <summary>Reads one recording.</summary>
    /// <param name="path">The file.</param>
    /// <param name="width">Width of the sensor in pixels, 1 to 256.</param>
    /// <param name="height">Height of the sensor in pixels, 1 to 240.</param>
    /// <exception cref="DatasetException">The file is missing, unreadable, empty or cut short, or has events beyond the sensor.</exception>
    public static EventRecording Read(string path, int width = EventDataset.NmnistSide, int height = EventDataset.NmnistSide)
    {
        try
        {
            using var file = File.OpenRead(path);
            return Read(file, path, width, height);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path} cannot be read as a recording of events: {e.Message}", e);
        }
    }

    /// <summary>Reads one recording.</summary>
    /// <param name="content">Its bytes, to the end.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="width">Width of the sensor in pixels, 1 to 256.</param>
    /// <param name="height">Height of the sensor in pixels, 1 to 240.</param>
    internal static EventRecording Read(Stream content, string name, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, 256);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, OverflowRow);
        var bytes = ReadBytes(content, name);
        if (bytes.Length == 0)
            throw new DatasetException($"{name} is empty; a recording has {BytesPerEvent} bytes an event");
        if (bytes.Length % BytesPerEvent != 0)
            throw new DatasetException(
                $"{name} is truncated or no recording of events: {bytes.Length} bytes, which is no multiple of the {BytesPerEvent} bytes of an event; get the file again");

        int events = 0;
        for (int at = 0; at < bytes.Length; at += BytesPerEvent)
            events += bytes[at + 1] == OverflowRow ? 0 : 1;
        var (x, y, isOn, timesUs) = (new byte[events], new byte[events], new bool[events], new int[events]);
        long overflows = 0;
        int n = 0;
        for (int at = 0; at < bytes.Length; at += BytesPerEvent)
        {
            var record = bytes.AsSpan(at, BytesPerEvent);
            if (record[1] == OverflowRow)
            {
                overflows += OverflowUs;
                continue;
            }
            if (record[0] >= width || record[1] >= height)
                throw new DatasetException(
                    $"{name} is no recording of a sensor of {width}x{height} pixels: its record {at / BytesPerEvent} has x = {record[0]}, y = {record[1]}");
            long time = overflows + (((record[2] & 0x7F) << 16) | (record[3] << 8) | record[4]);
            if (time > int.MaxValue)
                throw new DatasetException($"{name} is no recording of events: by its record {at / BytesPerEvent} it would last {time / 1_000_000} seconds");
            (x[n], y[n], isOn[n], timesUs[n]) = (record[0], record[1], (record[2] & 0x80) != 0, (int)time);
            n++;
        }
        return new EventRecording(x, y, isOn, timesUs);
    }

    private static byte[] ReadBytes(Stream content, string name)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[1 << 14];
        while (content.Read(buffer) is > 0 and var read)
        {
            if (bytes.Length + read > MostBytes)
                throw new DatasetException($"{name} is no recording of events: it has more than {MostBytes} bytes");
            bytes.Write(buffer, 0, read);
        }
        return bytes.ToArray();
    }
}
