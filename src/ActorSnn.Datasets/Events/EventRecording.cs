namespace ActorSnn.Datasets.Events;

/// <summary>What an event camera saw: each event is a pixel that became brighter or darker at some time. One array element an event, in the order of the file.</summary>
public sealed class EventRecording
{
    internal EventRecording(byte[] x, byte[] y, bool[] isOn, int[] timesUs) => (X, Y, IsOn, TimesUs) = (x, y, isOn, timesUs);

    /// <summary>Number of events; may be 0.</summary>
    public int Count => X.Length;

    /// <summary>[Count], column of the pixel, from the left.</summary>
    public byte[] X { get; }

    /// <summary>[Count], row of the pixel, from the top.</summary>
    public byte[] Y { get; }

    /// <summary>[Count], true where the pixel became brighter (ON), false where it became darker (OFF).</summary>
    public bool[] IsOn { get; }

    /// <summary>[Count], microseconds since the recording began.</summary>
    public int[] TimesUs { get; }
}
