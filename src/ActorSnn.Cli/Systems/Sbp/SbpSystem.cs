using System.Text.Json.Nodes;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cores;
using ActorSnn.Datasets;
using ActorSnn.Learning.Sbp;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Faults;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems.Sbp;

/// <summary>sBP on the command line.</summary>
internal sealed class SbpSystem : ILearningSystem
{
    public string Name => SbpRun.System;

    public string Summary => "synfire-gated spiking backpropagation (Renner et al. 2021, 2024)";

    public string ModelKind => SbpModel.Kind;

    public string Disturbed => SbpDefaults.Disturbed;

    public RunResult Train(TrainRequest request, INetworkHost host, IRunObserver observer, CancellationToken stop)
    {
        using var checkpoints = host.OpenCheckpoints(request.Checkpoints, observer);
        var checkpoint = checkpoints?.Resumed;
        var run = checkpoint is null ? SbpRun.New(request) : SbpRun.Resumed(request, checkpoint);
        RequireDataset(run.Dataset);
        RequireModel(request, run);
        var data = new DataLocator(request.Data);
        var train = SbpSamples.Train(data, run.Dataset, run.Samples, run.Crop);
        stop.ThrowIfCancellationRequested();
        var test = SbpSamples.Test(data, run.Dataset, null, run.Crop);
        if ((test.Rows, test.Columns) != (train.Rows, train.Columns))
            throw new UsageException($"{run.Dataset} has training images of {train.Rows}x{train.Columns} and test images of {test.Rows}x{test.Columns}; they must agree");
        stop.ThrowIfCancellationRequested();

        using var training = new SbpTraining(run, train, test, host, request, checkpoints, observer);
        checkpoints?.Begin(new JsonObject { ["command"] = SbpTraining.Command, ["system"] = Name, ["dataset"] = run.Dataset });
        return Finish(training, run, test, request, host, checkpoints, observer, stop);
    }

    public RunResult Attach(TrainRequest request, INetworkRun submitted, JsonObject about, INetworkHost host, IRunObserver observer, CancellationToken stop)
    {
        var run = SbpRun.Submitted(about);
        RequireModel(request, run);
        var test = SbpSamples.Test(new DataLocator(request.Data), run.Dataset, null, run.Crop);
        if (test.Digest != about[SbpTraining.TestDigestNote]?.GetValue<string>())
            throw new UsageException($"the test images of {run.Dataset} are not those the run was submitted with; attach with the same files");
        using var training = new SbpTraining(run, about, test, submitted, host.Local, request.Threads);
        return Finish(training, run, test, request, host, checkpoints: null, observer, stop);
    }

    /// <summary>Runs to the end, or until stopped; saves the model.</summary>
    private RunResult Finish(
        SbpTraining training, SbpRun run, SbpSamples test, TrainRequest request, INetworkHost host, RunCheckpoints? checkpoints, IRunObserver observer, CancellationToken stop)
    {
        string model = ModelOf(request, run);
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
                Rows = test.Rows,
                Columns = test.Columns,
                Crop = run.Crop,
                Seed = run.Seed,
                Epochs = run.Epochs,
                Samples = training.Samples,
                Accuracy = training.History[^1].Accuracy,
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
            Engine = host.Engine,
            Accuracy = training.History.Count > 0 ? SbpEvaluation.Measures(training.History[^1].Accuracy) : null,
            Loss = training.History.Count > 0 ? training.History[^1].Loss : null,
            StateHash = hash,
            Spikes = state.SpikeCount,
            SynapticEvents = state.SynapticEvents,
            Samples = training.Samples,
            Seconds = training.Seconds,
            TestSamples = test.Labels.Length,
            Sizes = SizesOf(weights),
            Timing = training.Timing,
            Cluster = training.Figures,
            Model = completed ? model : null,
            Data = request.Data,
            History = [.. training.History.Select((epoch, i) => new EpochScores(i + 1, SbpEvaluation.Measures(epoch.Accuracy), epoch.Loss))],
            Best = BestOf(training.History),
            Interrupted = !completed,
            EpochsDone = training.History.Count,
            Checkpoint = checkpoints?.Last,
            ResumeCommand = !completed && checkpoints is { Last: not null } ? ResumeCommand(request, checkpoints) : null,
            Details = request.ShownSamples is { } shown ? Details(training, weights, test, run.Crop, shown, host.Local, request) : null,
        };
    }

    private static string ModelOf(TrainRequest request, SbpRun run) => request.Out ?? $"sbp-{run.Dataset}-seed{run.Seed}{SbpModel.Extension}";

    private static void RequireModel(TrainRequest request, SbpRun run) => ModelFile.RequireReplaceable(ModelOf(request, run));

    private static RunDetails Details(
        SbpTraining training, SbpWeights weights, SbpSamples test, int crop, int shown, IEngine engine, TrainRequest request)
    {
        // Interrupted, or resumed with nothing left to do, this process may not have evaluated these weights.
        var answers = training.LastAnswers ?? SbpEvaluation.Run(SbpCircuit.Inference(weights, test.Inputs), test, engine, cores: null, request.Threads, CancellationToken.None).Answers;
        return new RunDetails(
            SbpDetails.LossMeaning, SbpDetails.Confusions(answers, test), SbpDetails.Show(weights, test, training: true, shown, engine, request.Cores, request.Threads),
            SbpDetails.Images(weights, test.Rows, test.Columns, crop), training.Mesh);
    }

    public RunResult Evaluate(EvaluateRequest request, INetworkHost host, IRunObserver observer, CancellationToken stop)
    {
        var engine = host.Local;
        var model = SbpModel.Load(request.Model);
        var (dataset, test) = LoadTest(model, request.Model, request.Dataset, request.Data, request.Samples);
        stop.ThrowIfCancellationRequested();
        var timing = SbpRun.TimingOf(request.Timing);
        var circuit = host.Prepare(timing.ApplyTo(SbpCircuit.Inference(model.Weights, test.Inputs)), new SampleTimes(SbpCircuit.InferenceTicks, SbpCircuit.InferenceTickAfterSamples(0)));
        var evaluation = SbpEvaluation.Run(
            circuit, test, engine, request.Cores, request.Threads, stop, timing.FreeOf(circuit),
            (done, seconds) => observer.Progress(new RunProgress(0, model.Epochs, done, test.Labels.Length, seconds, done / Math.Max(seconds, 1e-6), null)));
        return new RunResult
        {
            System = Name,
            Dataset = dataset,
            Epochs = model.Epochs,
            Seed = model.Seed,
            Hidden = model.Weights.Hidden,
            Cores = evaluation.Placement.Cores.Length,
            Threads = evaluation.Threads,
            Engine = engine.Name,
            Accuracy = SbpEvaluation.Measures(evaluation.Accuracy),
            Loss = evaluation.Answers.Loss,
            StateHash = evaluation.State.Hash(),
            Spikes = evaluation.State.SpikeCount,
            SynapticEvents = evaluation.State.SynapticEvents,
            Samples = test.Labels.Length,
            Seconds = evaluation.Seconds,
            TestSamples = test.Labels.Length,
            Sizes = SizesOf(model.Weights),
            Timing = evaluation.Timing,
            Model = request.Model,
            Data = request.Data,
            Details = request.ShownSamples is { } shown
                ? new RunDetails(SbpDetails.LossMeaning, SbpDetails.Confusions(evaluation.Answers, test),
                    SbpDetails.Show(model.Weights, test, training: false, shown, engine, request.Cores, request.Threads),
                    SbpDetails.Images(model.Weights, model.Rows, model.Columns, model.Crop),
                    MeshOverviews.Of(evaluation.Placement, evaluation.Traffic, SbpAnnotation.GroupOf))
                : null,
        };
    }

    public Showing Show(RasterRequest request, IEngine engine, CancellationToken stop)
    {
        var model = SbpModel.Load(request.Model);
        var (_, test) = LoadTest(model, request.Model, request.Dataset, request.Data, samples: null);
        stop.ThrowIfCancellationRequested();
        return SbpDetails.Show(model.Weights, test, training: true, request.Samples, engine, request.Cores, request.Threads);
    }

    public NetworkDescription Describe(DescribeRequest request)
    {
        var facts = new JsonObject();
        int inputs, hidden, outputs;
        WeightImages? images = null;
        if (request.Model is not null)
        {
            var model = SbpModel.Load(request.Model);
            (inputs, hidden, outputs) = (model.Weights.Inputs, model.Weights.Hidden, model.Weights.Outputs);
            images = SbpDetails.Images(model.Weights, model.Rows, model.Columns, model.Crop);
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
        RequestedCores.Require(network, request.Cores, request.Nodes);
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
        var placement = Placer.Place(network, new PlacementOptions(request.Cores, Workers: request.Nodes ?? 1));
        return new NetworkDescription(Name, facts, placement, request.Nodes) { Weights = images, GroupOf = SbpAnnotation.GroupOf };
    }

    private static (string Dataset, SbpSamples Test) LoadTest(SbpModel model, string file, string? dataset, string? data, int? samples)
    {
        dataset ??= model.Dataset;
        RequireDataset(dataset);
        var test = SbpSamples.Test(new DataLocator(data), dataset, samples, model.Crop);
        if ((test.Rows, test.Columns) != (model.Rows, model.Columns))
            throw new UsageException($"{file} takes images of {model.Rows}x{model.Columns}; those of {dataset} are {test.Rows}x{test.Columns}");
        if (test.Classes != model.Weights.Outputs)
            throw new UsageException($"{file} tells {model.Weights.Outputs} classes apart; {dataset} has {test.Classes}");
        return (dataset, test);
    }

    private static void RequireDataset(string dataset)
    {
        if (!DataLocator.Datasets.Contains(dataset))
            throw new UsageException($"--dataset {dataset}: unknown; known are {string.Join(", ", DataLocator.Datasets)}");
    }

    private static BitFrames BlankFrame(int size) => new(1, size, new ulong[(size + 63) / 64]);

    private static string SizesOf(SbpWeights weights) => $"{weights.Inputs}-{weights.Hidden}-{weights.Outputs}";

    private static IReadOnlyList<BestMeasure> BestOf(IReadOnlyList<SbpEpoch> history)
    {
        if (history.Count == 0) return [];
        var epochs = history.Select(e => SbpEvaluation.Measures(e.Accuracy)).ToList();
        return [.. epochs[0].Select((measure, i) =>
        {
            int best = Enumerable.Range(0, epochs.Count).MaxBy(e => epochs[e][i].Value);
            return new BestMeasure(measure.Name, best + 1, epochs[best][i].Value);
        })];
    }

    private string ResumeCommand(TrainRequest request, RunCheckpoints checkpoints)
    {
        var command = new Output.ShellCommand("actorsnn", "train", Name);
        checkpoints.AddTo(command);
        if (request.Data is not null) command.Add("--data", request.Data);
        if (request.Cores is { } cores) command.Add("--cores", cores.ToString());
        if (request.Threads is { } threads) command.Add("--threads", threads.ToString());
        if (request.Out is not null) command.Add("--out", request.Out);
        return command.ToString();
    }
}
