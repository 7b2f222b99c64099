using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Systems.Ann;
using ActorSnn.Datasets;
using ActorSnn.Learning.SsnnBp;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems.SsnnBp.Sweeps;

/// <summary>
/// A study of how the length of spike trains matters: for each length and seed a training, and for each seed the plain network it is compared with. Rows go into a file as they come, and what is
/// there already is not run again.
/// </summary>
internal sealed class Sweep
{
    private const string CsvName = "sweep.csv";

    private readonly SsnnBpSystem _system = new();
    private readonly AnnSystem _plain = new();
    private readonly TrainRequest _request;
    private readonly IReadOnlyList<int> _lengths;
    private readonly IReadOnlyList<ulong> _seeds;
    private readonly string _directory;
    private readonly string _study;
    private readonly List<SweepRow> _rows = [];

    /// <summary>Prepares a study, and reads what there is of it.</summary>
    /// <param name="request">What all trainings have in common.</param>
    /// <param name="lengths">Train lengths, ascending.</param>
    /// <param name="seeds">Seeds.</param>
    /// <param name="directory">Where files go.</param>
    /// <exception cref="UsageException">Options do not go together, or the directory holds another study.</exception>
    public Sweep(TrainRequest request, IReadOnlyList<int> lengths, IReadOnlyList<ulong> seeds, string directory)
    {
        (_request, _lengths, _seeds, _directory) = (request, lengths, seeds, directory);
        Dataset = request.Dataset ?? _system.UsualDataset;
        if (!_system.Datasets.Contains(Dataset)) throw new UsageException($"--dataset {Dataset}: unknown; known are {string.Join(", ", _system.Datasets)}");
        Epochs = request.Epochs ?? _system.UsualEpochs(Dataset);
        foreach (int length in lengths) _system.Complete(Dataset, WithLength(length));
        var common = _system.Complete(Dataset, WithLength(lengths[0]));
        common.Remove(SsnnBpSettings.TrainLength.Key);
        if (LayeredSamples.IsRecorded(Dataset)) common.Remove("testLength");
        Layers = SsnnBpSettings.Shared.HiddenOf(common).Length + 1;
        _study = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Dataset} {Epochs} {request.Samples} {common.ToJsonString()}")))[..12];
        Read();
    }

    public string Dataset { get; }

    public int Epochs { get; }

    /// <summary>Layers of weights.</summary>
    public int Layers { get; }

    /// <summary>The file of rows.</summary>
    public string Csv => Path.Combine(_directory, CsvName);

    /// <summary>Rows that belong to this study as asked for, plain networks first, then by length and seed.</summary>
    public IReadOnlyList<SweepRow> Rows => [.. _rows.Where(r => _seeds.Contains(r.Seed) && (r.TrainLength == 0 || _lengths.Contains(r.TrainLength))).OrderBy(r => r.TrainLength).ThenBy(r => r.Seed)];

    /// <summary>Runs what is missing.</summary>
    /// <param name="host">What runs networks.</param>
    /// <param name="observer">Who wants to know.</param>
    /// <param name="done">Is told of rows as they come.</param>
    /// <param name="stop">Ends it early; rows that are done are kept.</param>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public void Run(INetworkHost host, IRunObserver observer, Action<SweepRow> done, CancellationToken stop)
    {
        Directory.CreateDirectory(_directory);
        var missing = new List<(ulong Seed, int Length)>();
        foreach (ulong seed in _seeds) missing.AddRange(_lengths.Prepend(0).Select(length => (seed, length)).Where(r => !_rows.Any(row => row.Seed == r.seed && row.TrainLength == r.length)));
        for (int i = 0; i < missing.Count; i++)
        {
            var row = missing[i].Length == 0
                ? Plain(missing[i].Seed, host, new Part(observer, i, missing.Count), stop)
                : Spiking(missing[i].Seed, missing[i].Length, host, new Part(observer, i, missing.Count), stop);
            _rows.Add(row);
            Save();
            done(row);
        }
    }

    private SweepRow Plain(ulong seed, INetworkHost host, IRunObserver observer, CancellationToken stop)
    {
        var options = new JsonObject();
        foreach (var option in _plain.Options)
        {
            if (_request.Options[option.Key] is { } value) options[option.Key] = value.DeepClone();
        }
        if (LayeredSamples.IsRecorded(Dataset)) options[SsnnBpSettings.TrainLength.Key] = _lengths[^1];
        var result = _plain.Train(
            _request with { Options = options, Dataset = Dataset, Epochs = Epochs, Seed = seed, Out = Path.Combine(_directory, $"ann-seed{seed}.actorsnn") }, host, observer, stop);
        if (result.Interrupted) throw new OperationCanceledException(stop);
        return new SweepRow(_plain.Name, seed, 0, null, result.Accuracy![0].Value, 0, [], [], result.Seconds);
    }

    private SweepRow Spiking(ulong seed, int length, INetworkHost host, IRunObserver observer, CancellationToken stop)
    {
        string file = Path.Combine(_directory, $"ssnn-bp-length{length}-seed{seed}.actorsnn");
        var result = _system.Train(_request with { Options = WithLength(length), Dataset = Dataset, Epochs = Epochs, Seed = seed, Out = file }, host, observer, stop);
        if (result.Interrupted) throw new OperationCanceledException(stop);
        var model = SsnnBpModel.Load(file);
        var settings = SsnnBpSettings.Of(_system.Complete(Dataset, WithLength(length)), Epochs);
        var test = LayeredSamples.Load(new DataLocator(_request.Data), Dataset, training: false, GradientEstimate.MostSamples, length, (_, _) => settings.Crop);
        var gradient = GradientEstimate.Of(model.Weights, model.Options, test, seed, host.Local, _request.Threads, stop);
        return new SweepRow(
            _system.Name, seed, length, result.Accuracy![0].Value, result.Accuracy[1].Value, result.Facts["clippedFraction"]!.GetValue<double>(), gradient.Cosine, gradient.Gain, result.Seconds);
    }

    private JsonObject WithLength(int length)
    {
        var options = _request.Options.DeepClone().AsObject();
        options[SsnnBpSettings.TrainLength.Key] = length;
        return options;
    }

    private void Read()
    {
        if (!File.Exists(Csv)) return;
        string[] lines = File.ReadAllLines(Csv);
        if (lines.Length == 0 || lines[0] != SweepRow.Headings(Layers)) throw new UsageException($"--out {_directory}: {Csv} is of another study; give another directory");
        for (int i = 1; i < lines.Length; i++)
        {
            // A line that was being written when the study ended is no line.
            if (SweepRow.Parse(lines[i], Layers) is not { } read) continue;
            if (read.Study != _study) throw new UsageException($"--out {_directory}: {Csv} is of another study; give another directory, or the same options");
            _rows.Add(read.Row);
        }
    }

    private void Save() =>
        AtomicFile.Write(Csv, stream => stream.Write(Encoding.UTF8.GetBytes(string.Concat(_rows.Select(r => r.ToLine(_study, Layers)).Prepend(SweepRow.Headings(Layers)).Select(line => line + "\n")))));

    /// <summary>Shows one training of several as a part of all.</summary>
    private sealed class Part(IRunObserver observer, int number, int parts) : IRunObserver
    {
        public bool ShowsNodes => false;

        public void Progress(RunProgress progress) =>
            observer.Progress(progress with { Samples = progress.Samples + number * progress.TotalSamples, TotalSamples = parts * progress.TotalSamples });

        public void Progress(SimulationProgress progress) => observer.Progress(progress);

        public void CheckpointSaved(CheckpointName checkpoint, long? samples) => observer.CheckpointSaved(checkpoint, samples);

        public void Submitted(string run, string attach, bool isResult) => observer.Submitted(run, attach, isResult);

        public void Recovered(ClusterFigures figures, CoreFailure? failure) => observer.Recovered(figures, failure);

        public void Nodes(IReadOnlyList<NodeReport> nodes, long lastTick)
        {
        }

        public void Warn(string message) => observer.Warn(message);
    }
}
