namespace ActorSnn.Datasets.Spikes;

/// <summary>Labelled samples that are spike trains on a number of channels, as the Spiking Heidelberg Digits are. Networks are shown them as <see cref="Latencies"/>.</summary>
public sealed class SpikeSamples
{
    internal SpikeSamples(string name, int channels, IReadOnlyList<string> classNames, float[][] times, ushort[][] units, byte[] labels) =>
        (Name, Channels, ClassNames, Times, Units, Labels) = (name, channels, classNames, times, units, labels);

    /// <summary>What the set is called in messages and reports.</summary>
    public string Name { get; }

    /// <summary>Number of samples.</summary>
    public int Count => Labels.Length;

    /// <summary>Number of channels.</summary>
    public int Channels { get; }

    /// <summary>Number of classes; labels are below it.</summary>
    public int Classes => ClassNames.Count;

    /// <summary>What the classes are called, in the order of their labels.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>[Count][spikes of the sample]: when each spike is, in seconds since the sample began; at least 0, in the order of the file.</summary>
    public float[][] Times { get; }

    /// <summary>[Count][spikes of the sample]: the channel of each spike, 0..Channels-1.</summary>
    public ushort[][] Units { get; }

    /// <summary>[Count], each in 0..Classes-1.</summary>
    public byte[] Labels { get; }
}
