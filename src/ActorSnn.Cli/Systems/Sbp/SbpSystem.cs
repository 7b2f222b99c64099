using System.Text.Json.Nodes;
using ActorSnn.Cores;
using ActorSnn.Datasets;
using ActorSnn.Learning.Sbp;
using ActorSnn.Mesh;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems.Sbp;

/// <summary>sBP on the command line.</summary>
internal sealed class SbpSystem : ILearningSystem
{
    private const int DefaultCheckpointEvery = 10_000;

    public string Name => "sbp";

    public string Summary => "synfire-gated spiking backpropagation (Renner et al. 2021, 2024)";

    public string ModelKind => SbpModel.Kind;

    public RunResult Train(TrainRequest request, IEngine engine, IRunObserver observer, CancellationToken stop)
    {
        var (checkpoints, checkpoint) = RunCheckpoints.Open(request.Checkpoint, request.CheckpointEvery, request.Resume, observer);
        var run = checkpoint is null ? SbpRun.New(request) : SbpRun.Resumed(request, checkpoint);
        RequireDataset(run.Dataset);
        string model = request.Out ?? $"sbp-{run.Dataset}-seed{run.Seed}{SbpModel.Extension}";
        ModelFile.RequireReplaceable(model);
        var data = new DataLocator(request.Data);
        var train = SbpSamples.Train(data, run.Dataset, run.Samples, run.Crop);
        stop.ThrowIfCancellationRequested();
        var test = SbpSamples.Test(data, run.Dataset, null, run.Crop);
        if ((test.Rows, test.Columns) != (train.Rows, train.Columns))
            throw new UsageException($"{run.Dataset} has training images of {train.Rows}x{train.Columns} and test images of {test.Rows}x{test.Columns}; they must agree");
        stop.ThrowIfCancellationRequested();

        using var training = new SbpTraining(
            run, train, test, engine, request.Cores, request.Threads, checkpoints, request.CheckpointEvery ?? DefaultCheckpointEvery);
        if (checkpoint is not null) training.Resume(checkpoint);
        RunCheckpoints.RequireWritable(checkpoints);
        bool completed = training.Run(observer, stop);
        var state = training.Capture();
        string hash = state.Hash();
        var weights = training.WeightsOf(state);
        if (completed)
        {
            new SbpModel
            {
                Weights = weights,
                Dataset = run.Dataset,
                Rows = train.Rows,
                Columns = train.Columns,
                Crop = run.Crop,
                Seed = run.Seed,
                Epochs = run.Epochs,
                Samples = training.Samples,
                Accuracy = training.History[^1],
                StateHash = hash,
            }.Save(model);
        }
        return new RunResult
        {
            System = Name,
            Dataset = run.Dataset,
            Epochs = run.Epochs,
            Seed = run.Seed,
            Hidden = run.Hidden,
            Cores = training.Cores,
            Threads = training.Threads,
            Engine = engine.Name,
            Accuracy = training.History.Count > 0 ? SbpEvaluation.Measures(training.History[^1]) : null,
            StateHash = hash,
            Samples = training.Samples,
            Seconds = training.Seconds,
            TestSamples = test.Labels.Length,
            Sizes = SizesOf(weights),
            Model = completed ? model : null,
            Data = request.Data,
            Best = BestOf(training.History),
            Interrupted = !completed,
            EpochsDone = training.History.Count,
            Checkpoint = training.LastCheckpoint,
            ResumeCommand = !completed && training.LastCheckpoint is not null ? ResumeCommand(request) : null,
        };
    }

    public RunResult Evaluate(EvaluateRequest request, IEngine engine, IRunObserver observer, CancellationToken stop)
    {
        var model = SbpModel.Load(request.Model);
        string dataset = request.Dataset ?? model.Dataset;
        RequireDataset(dataset);
        var test = SbpSamples.Test(new DataLocator(request.Data), dataset, request.Samples, model.Crop);
        if ((test.Rows, test.Columns) != (model.Rows, model.Columns))
            throw new UsageException($"{request.Model} takes images of {model.Rows}x{model.Columns}; those of {dataset} are {test.Rows}x{test.Columns}");
        if (test.Classes != model.Weights.Outputs)
            throw new UsageException($"{request.Model} tells {model.Weights.Outputs} classes apart; {dataset} has {test.Classes}");
        stop.ThrowIfCancellationRequested();
        var evaluation = SbpEvaluation.Run(
            model.Weights, test, engine, request.Cores, request.Threads, stop,
            (done, seconds) => observer.Progress(new RunProgress(0, model.Epochs, done, test.Labels.Length, seconds, done / Math.Max(seconds, 1e-6), null)));
        return new RunResult
        {
            System = Name,
            Dataset = dataset,
            Epochs = model.Epochs,
            Seed = model.Seed,
            Hidden = model.Weights.Hidden,
            Cores = evaluation.Cores,
            Threads = evaluation.Threads,
            Engine = engine.Name,
            Accuracy = SbpEvaluation.Measures(evaluation.Accuracy),
            StateHash = evaluation.StateHash,
            Samples = test.Labels.Length,
            Seconds = evaluation.Seconds,
            TestSamples = test.Labels.Length,
            Sizes = SizesOf(model.Weights),
            Model = request.Model,
            Data = request.Data,
        };
    }

    public NetworkDescription Describe(DescribeRequest request)
    {
        var facts = new JsonObject();
        int inputs, hidden, outputs;
        if (request.Model is not null)
        {
            var model = SbpModel.Load(request.Model);
            (inputs, hidden, outputs) = (model.Weights.Inputs, model.Weights.Hidden, model.Weights.Outputs);
            facts["model"] = request.Model;
            facts["dataset"] = model.Dataset;
            facts["crop"] = model.Crop;
            facts["seed"] = model.Seed;
            facts["epochs"] = model.Epochs;
            facts["samples"] = model.Samples;
            facts["accuracy"] = RunResult.ToJson(SbpEvaluation.Measures(model.Accuracy));
            facts["stateHash"] = model.StateHash;
        }
        else
        {
            // All data sets there are have images as the drawn one.
            string dataset = request.Dataset ?? SbpDefaults.DescribedDataset;
            RequireDataset(dataset);
            int crop = request.Crop ?? SbpDefaults.Crop(dataset);
            SbpSamples.RequireCrop(dataset, StrokeDigits.Side, StrokeDigits.Side, crop);
            int side = StrokeDigits.Side - 2 * crop;
            (inputs, hidden, outputs) = (side * side, request.Hidden ?? SbpDefaults.Hidden, DataLocator.ClassesOf(dataset));
            SbpLimits.RequireHidden(inputs, hidden, outputs);
            facts["dataset"] = dataset;
            facts["crop"] = crop;
        }
        // Of the sizes only; any weights do.
        var weights = new SbpWeights(inputs, hidden, outputs, new sbyte[inputs * hidden], new sbyte[hidden * outputs]);
        var network = SbpCircuit.Training(weights, BlankFrame(inputs), BlankFrame(outputs), seed: 1);
        RequestedCores.Require(network, request.Cores);
        var inference = SbpCircuit.Inference(weights, BlankFrame(inputs));
        facts["sizes"] = SizesOf(weights);
        facts["circuit"] = "training";
        facts["ticksPerSample"] = SbpCircuit.TrainingTicks;
        facts["inference"] = new JsonObject
        {
            ["neurons"] = inference.NeuronCount,
            ["synapses"] = inference.Projections.Sum(p =>
                (long)p.Connectivity.ExpectedSynapses(inference.Populations[p.Source].Size, inference.Populations[p.Target].Size)),
            ["ticksPerSample"] = SbpCircuit.InferenceTicks,
        };
        return new NetworkDescription(Name, facts, Placer.Place(network, new PlacementOptions(request.Cores)));
    }

    private static void RequireDataset(string dataset)
    {
        if (!DataLocator.Datasets.Contains(dataset))
            throw new UsageException($"--dataset {dataset}: unknown; known are {string.Join(", ", DataLocator.Datasets)}");
    }

    private static BitFrames BlankFrame(int size) => new(1, size, new ulong[(size + 63) / 64]);

    private static string SizesOf(SbpWeights weights) => $"{weights.Inputs}-{weights.Hidden}-{weights.Outputs}";

    private static IReadOnlyList<BestMeasure> BestOf(IReadOnlyList<SbpAccuracy> history)
    {
        if (history.Count == 0) return [];
        var epochs = history.Select(SbpEvaluation.Measures).ToList();
        return [.. epochs[0].Select((measure, i) =>
        {
            int best = Enumerable.Range(0, epochs.Count).MaxBy(e => epochs[e][i].Value);
            return new BestMeasure(measure.Name, best + 1, epochs[best][i].Value);
        })];
    }

    private string ResumeCommand(TrainRequest request)
    {
        var command = new Output.ShellCommand("actorsnn", "train", Name, "--checkpoint", request.Checkpoint!, "--resume");
        if (request.CheckpointEvery is { } every) command.Add("--checkpoint-every", every.ToString());
        if (request.Data is not null) command.Add("--data", request.Data);
        if (request.Cores is { } cores) command.Add("--cores", cores.ToString());
        if (request.Threads is { } threads) command.Add("--threads", threads.ToString());
        if (request.Out is not null) command.Add("--out", request.Out);
        return command.ToString();
    }
}
