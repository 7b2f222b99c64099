using System.Globalization;
using System.Text.Json.Nodes;
using ActorSnn.Cores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh;

/// <summary>
/// The state of a whole network at one tick, as a file.
/// <para>
/// <b>File.</b> An <see cref="ArrayArchive"/> of kind "checkpoint", version 2. Arrays: <c>weights/(projection)</c> for each projection that learns by
/// coincidence, i1 [source, target]; for each that learns by pairs of spikes <c>weights/(projection)</c>, f4 [synapses], by target, source, then order of drawing,
/// <c>in-degree/(projection)</c>, i8 [targets], and the traces <c>x/(projection)</c>, f8 [sources], and <c>y/(projection)</c>, f8 [targets];
/// <c>state/(population)/(variable)</c>, f8 [neurons], for each variable of real-valued neurons (see <see cref="StateVariables"/>); <c>spikes/(population)</c> for each population, u8 [ticks, words]: the spikes of its last ticks that may still act, oldest
/// first, one bit a neuron; <c>counts/(probe)</c> for each spike count probe, i8 [phases]. Metadata: <c>tick</c>, the last one run;
/// <c>network</c>, the network's hash; <c>spikeDigest</c>, 128 bits in hex, and <c>spikeCount</c>, over all spikes since tick 0; <c>synapticEvents</c>; <c>run</c>, an
/// object that belongs to whoever runs the network.
/// </para>
/// </summary>
public sealed class Checkpoint
{
    /// <summary>Kind of the file.</summary>
    public const string Kind = "checkpoint";

    /// <summary>Version of the file format this build writes and reads.</summary>
    public const int Version = 2;

    private readonly ArrayArchive _archive;

    private Checkpoint(ArrayArchive archive)
    {
        _archive = archive;
        Tick = archive.Require<long>("tick");
        NetworkHash = archive.Require<string>("network");
        if (Tick < -1) throw new ArchiveException(archive.File, $"\"tick\" in its metadata is {Tick}; ticks count from 0");
        Run = archive.Metadata["run"] as JsonObject ?? throw new ArchiveException(archive.File, "\"run\" in its metadata is no object");
    }

    /// <summary>The file.</summary>
    public string File => _archive.File;

    /// <summary>The last tick run.</summary>
    public long Tick { get; }

    /// <summary>Hash of the network.</summary>
    public string NetworkHash { get; }

    /// <summary>What whoever ran the network wrote down about the run.</summary>
    public JsonObject Run { get; }

    /// <summary>A value of <see cref="Run"/>.</summary>
    /// <typeparam name="T">string, bool or a number.</typeparam>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArchiveException">It is missing or of another type.</exception>
    public T RequireOfRun<T>(string name) => _archive.Require<T>(Run, name);

    /// <summary>Saves a state, whole or not at all.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="state">The state.</param>
    /// <param name="run">What else to keep; handed back as <see cref="Run"/>.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Save(string path, NetworkState state, JsonObject run)
    {
        var network = state.Network;
        var archive = new ArrayArchive(Kind, Version, new JsonObject
        {
            ["tick"] = state.Tick,
            ["network"] = network.Hash,
            ["spikeDigest"] = state.SpikeDigest.ToString("x32", CultureInfo.InvariantCulture),
            ["spikeCount"] = state.SpikeCount,
            ["synapticEvents"] = state.SynapticEvents,
            ["run"] = run.DeepClone(),
        });
        foreach (var projection in network.Projections)
        {
            if (state.Weights[projection.Index] is { } weights)
                archive.Add(WeightsOf(projection), weights, network.Populations[projection.Source].Size, network.Populations[projection.Target].Size);
        }
        foreach (var projection in network.Projections)
        {
            if (state.Plastic[projection.Index] is not { } plastic) continue;
            float[] weights = [.. plastic.Weights.SelectMany(w => w)];
            archive.Add(WeightsOf(projection), weights, weights.Length);
            archive.Add(InDegreeOf(projection), Array.ConvertAll(plastic.Weights, w => (long)w.Length), plastic.Weights.Length);
            archive.Add(SourceTracesOf(projection), plastic.SourceTraces, plastic.SourceTraces.Length);
            archive.Add(TargetTracesOf(projection), plastic.TargetTraces, plastic.TargetTraces.Length);
        }
        foreach (var population in network.Populations)
        {
            foreach (var (variable, values) in StateVariables.Of(population.Model).Zip(state.Variables[population.Index] ?? []))
                archive.Add(StateOf(population, variable), values, values.Length);
        }
        foreach (var population in network.Populations)
            archive.Add(SpikesOf(population), state.Spikes[population.Index], state.HistoryTicks(population.Index), state.SpikeWords(population.Index));
        foreach (var (probe, counts) in state.ProbeCounts.OrderBy(p => p.Key, StringComparer.Ordinal)) archive.Add(CountsOf(probe), counts, counts.Length);
        archive.Save(path);
    }

    /// <summary>Loads a checkpoint and checks that the file is whole.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ArchiveException">It is missing, damaged, or of another kind or version.</exception>
    public static Checkpoint Load(string path) => new(ArrayArchive.Load(path, Kind, Version));

    /// <summary>The state, for <see cref="IMesh.Restore"/>.</summary>
    /// <param name="network">The network it was captured from, or an equal one.</param>
    /// <exception cref="ArchiveException">It is of another network.</exception>
    public NetworkState StateOf(Network network)
    {
        if (NetworkHash != network.Hash)
            throw new ArchiveException(File, $"is of network {Short(NetworkHash)}; this one is {Short(network.Hash)}");
        var state = new NetworkState(network, Tick);
        foreach (var projection in network.Projections)
        {
            if (state.Weights[projection.Index] is { } weights)
            {
                _archive.Get<sbyte>(WeightsOf(projection), network.Populations[projection.Source].Size, network.Populations[projection.Target].Size)
                    .CopyTo(weights, 0);
            }
        }
        foreach (var projection in network.Projections)
        {
            if (state.Plastic[projection.Index] is { } plastic) LoadPlastic(network, projection, plastic);
        }
        foreach (var population in network.Populations)
        {
            foreach (var (variable, values) in StateVariables.Of(population.Model).Zip(state.Variables[population.Index] ?? []))
                _archive.Get<double>(StateOf(population, variable), population.Size).CopyTo(values, 0);
        }
        foreach (var population in network.Populations)
        {
            int words = state.SpikeWords(population.Index);
            ulong[] spikes = _archive.Get<ulong>(SpikesOf(population), state.HistoryTicks(population.Index), words);
            RequireNoNeuronBeyond(population, spikes, words);
            spikes.CopyTo(state.Spikes[population.Index], 0);
        }
        foreach (var probe in network.Probes.OfType<SpikeCountProbe>())
        {
            if (_archive.Contains(CountsOf(probe.Name)))
                state.ProbeCounts[probe.Name] = [.. _archive.Get<long>(CountsOf(probe.Name), probe.PeriodTicks)];
        }
        string digest = _archive.Require<string>("spikeDigest");
        state.SpikeDigest = UInt128.TryParse(digest, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits)
            ? bits
            : throw new ArchiveException(File, $"\"spikeDigest\" in its metadata is \"{digest}\"; it must be 32 hex digits");
        state.SpikeCount = _archive.Require<long>("spikeCount");
        state.SynapticEvents = _archive.Require<long>("synapticEvents");
        return state;
    }

    private void LoadPlastic(Network network, Projection projection, PlasticState plastic)
    {
        int sources = network.Populations[projection.Source].Size;
        long[] inDegree = _archive.Get<long>(InDegreeOf(projection), plastic.Weights.Length);
        float[] weights = _archive.Get<float>(WeightsOf(projection), (int)Math.Clamp(inDegree.Sum(), 0, int.MaxValue));
        int start = 0;
        for (int target = 0; target < inDegree.Length; target++)
        {
            if (inDegree[target] < 0 || inDegree[target] > weights.Length - start)
                throw new ArchiveException(File, $"array \"{InDegreeOf(projection)}\" has {inDegree[target]} synapses onto neuron {target}");
            plastic.Weights[target] = weights[start..(start + (int)inDegree[target])];
            start += (int)inDegree[target];
        }
        _archive.Get<double>(SourceTracesOf(projection), sources).CopyTo(plastic.SourceTraces, 0);
        _archive.Get<double>(TargetTracesOf(projection), plastic.Weights.Length).CopyTo(plastic.TargetTraces, 0);
    }

    private void RequireNoNeuronBeyond(Population population, ulong[] spikes, int words)
    {
        if ((population.Size & 63) == 0) return;
        for (int last = words - 1; last < spikes.Length; last += words)
        {
            if (spikes[last] >> (population.Size & 63) != 0)
                throw new ArchiveException(File, $"array \"{SpikesOf(population)}\" has spikes of neurons beyond the {population.Size} there are");
        }
    }

    private static string WeightsOf(Projection projection) => $"weights/{projection.Name}";

    private static string InDegreeOf(Projection projection) => $"in-degree/{projection.Name}";

    private static string SourceTracesOf(Projection projection) => $"x/{projection.Name}";

    private static string TargetTracesOf(Projection projection) => $"y/{projection.Name}";

    private static string StateOf(Population population, string variable) => $"state/{population.Name}/{variable}";

    private static string SpikesOf(Population population) => $"spikes/{population.Name}";

    private static string CountsOf(string probe) => $"counts/{probe}";

    private static string Short(string hash) => hash[..Math.Min(12, hash.Length)];
}
