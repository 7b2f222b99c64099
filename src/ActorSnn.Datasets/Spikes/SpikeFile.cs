namespace ActorSnn.Datasets.Spikes;

/// <summary>
/// Reads the files of the Spiking Heidelberg Digits (Cramer, Stradmann, Schemmel and Zenke, IEEE TNNLS 33:2744, 2022) and of what is stored like them: HDF5 with the spike
/// times of each sample in seconds in spikes/times (floating-point numbers of 16, 32 or 64 bits), their channels in spikes/units (integers), the classes in labels and, where
/// they are given, the names of the classes in extra/keys. Files may be packed with gzip, told by content; they are unpacked to a temporary file. libhdf5 is needed.
/// </summary>
internal static class SpikeFile
{
    /// <summary>Channels of the Spiking Heidelberg Digits.</summary>
    public const int ShdChannels = 700;

    private const string Times = "spikes/times";
    private const string Units = "spikes/units";
    private const string Labels = "labels";
    private const string Keys = "extra/keys";

    /// <summary>Reads samples.</summary>
    /// <param name="name">What the set is called in messages and reports.</param>
    /// <param name="path">The file, .h5 or .h5.gz.</param>
    /// <param name="classNames">What the classes are called if the file does not say it; if it does there must be as many, 1 to 256.</param>
    /// <param name="count">Only the first so many; null for all.</param>
    /// <param name="channels">Number of channels, 1 to 65,536.</param>
    /// <exception cref="DatasetException">
    /// libhdf5 is missing; the file is missing, unreadable, truncated, damaged or of another kind; what is in it does not fit together, is out of range or less than asked for.
    /// </exception>
    public static SpikeSamples Read(string name, string path, IReadOnlyList<string> classNames, int? count = null, int channels = ShdChannels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classNames.Count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classNames.Count, 256);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 1 << 16);
        return Hdf5File.Read(path, file => Read(file, name, path, classNames, count, channels));
    }

    private static SpikeSamples Read(Hdf5File file, string name, string path, IReadOnlyList<string> classNames, int? count, int channels)
    {
        var (ofTimes, ofUnits, ofLabels) = (file.LengthOf(Times), file.LengthOf(Units), file.LengthOf(Labels));
        if (ofTimes != ofUnits || ofTimes != ofLabels)
            throw new DatasetException($"{path}: {Times} has {ofTimes} samples, {Units} {ofUnits} and {Labels} {ofLabels}; they must be equally many");
        if (ofLabels == 0)
            throw new DatasetException($"{path} holds no samples");
        if (count > ofLabels)
            throw new DatasetException($"{count} samples of {name} asked for; {path} has {ofLabels}");
        int samples = count ?? ofLabels;

        if (file.Has(Keys))
        {
            var keys = file.ReadText(Keys);
            if (keys.Length != classNames.Count)
                throw new DatasetException($"{path}: {Keys} names {keys.Length} classes, and {name} has {classNames.Count}; it is another data set");
            classNames = keys;
        }

        var labels = new byte[samples];
        var given = file.ReadIntegers(Labels);
        for (int n = 0; n < samples; n++)
        {
            if (given[n] < 0 || given[n] >= classNames.Count)
                throw new DatasetException($"{path}: {Labels} of sample {n} is {given[n]}; {name} has {classNames.Count} classes, labels 0 to {classNames.Count - 1}");
            labels[n] = (byte)given[n];
        }

        var times = new float[samples][];
        file.ReadFloatSequences(Times, samples, (n, sequence) =>
        {
            foreach (float time in sequence)
            {
                if (!float.IsFinite(time) || time < 0)
                    throw new DatasetException($"{path}: {Times} of sample {n} has the value {time}; times are seconds, 0 or more");
            }
            times[n] = sequence.ToArray();
        });

        var units = new ushort[samples][];
        file.ReadIntegerSequences(Units, samples, (n, sequence) =>
        {
            if (sequence.Length != times[n].Length)
                throw new DatasetException($"{path}: sample {n} has {times[n].Length} values in {Times} and {sequence.Length} in {Units}; they must be equally many");
            units[n] = new ushort[sequence.Length];
            for (int spike = 0; spike < sequence.Length; spike++)
            {
                if (sequence[spike] < 0 || sequence[spike] >= channels)
                    throw new DatasetException($"{path}: {Units} of sample {n} has the value {sequence[spike]}; {name} has {channels} channels, 0 to {channels - 1}");
                units[n][spike] = (ushort)sequence[spike];
            }
        });
        return new SpikeSamples(name, channels, classNames, times, units, labels);
    }
}
