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
internal sealed class SbpSystem : MeshSystem
{
    public override string Name => "sbp";

    public override string Summary => "synfire-gated spiking backpropagation (Renner et al. 2021, 2024)";

    public override string ModelKind => SbpModel.Kind;

    public override IReadOnlyList<SystemOption> Options => SbpSettings.Options;

    public override IReadOnlyList<string> Datasets => DataLocator.Datasets;

    public override string UsualDataset => SbpSettings.TrainingDataset;

    public override string UsualDescription => "mnist, the paper's; no files are needed";

    public override int UsualEpochs(string dataset) => SbpSettings.Epochs(dataset);

    public override string UsualEpochsInWords => "10 for synth, 60 for the others";

    public override bool FixesEpochs => false;

    public override JsonObject Complete(string dataset, JsonObject given) => SbpSettings.Complete(dataset, given);

    public override string DisturbedOf(JsonObject? options) => SbpSettings.Disturbed;

    protected override Trainee Load(TrainingRun run, TrainRequest request, INetworkHost host, CancellationToken stop)
    {
        int crop = SbpSettings.Of(run.Options).Crop;
        var data = new DataLocator(request.Data);
        var train = SbpSamples.Train(data, run.Dataset, run.Samples, crop);
        stop.ThrowIfCancellationRequested();
        var test = SbpSamples.Test(data, run.Dataset, null, crop);
        if ((test.Rows, test.Columns) != (train.Rows, train.Columns))
            throw new UsageException($"{run.Dataset} has training images of {train.Rows}x{train.Columns} and test images of {test.Rows}x{test.Columns}; they must agree");
        stop.ThrowIfCancellationRequested();
        return SbpTrainee.New(run, train, test, host);
    }

    protected override Trainee Follow(TrainingRun run, TrainRequest request, Network network, int samplesPerEpoch) =>
        new SbpTrainee(run, SbpSamples.Test(new DataLocator(request.Data), run.Dataset, null, SbpSettings.Of(run.Options).Crop), network, samplesPerEpoch, digest: null);

    public override RunResult Evaluate(EvaluateRequest request, INetworkHost host, IRunObserver observer, CancellationToken stop)
    {
        var engine = host.Local;
        var model = SbpModel.Load(request.Model);
        var (dataset, test) = LoadTest(model, request.Model, request.Dataset, request.Data, request.Samples);
        stop.ThrowIfCancellationRequested();
        if (request.TestLength is not null) throw new UsageException("--test-length: sbp shows a sample once; leave it out");
        var timing = (request.Timing ?? TimingRequest.Exact).Disturbing(SbpSettings.Disturbed);
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
            Hidden = [model.Weights.Hidden],
            Cores = evaluation.Placement.Cores.Length,
            Threads = evaluation.Threads,
            Engine = engine.Name,
            Accuracy = SbpEvaluation.MeasuresOf(evaluation.Accuracy),
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

    public override Showing Show(RasterRequest request, IEngine engine, CancellationToken stop)
    {
        var model = SbpModel.Load(request.Model);
        var (_, test) = LoadTest(model, request.Model, request.Dataset, request.Data, samples: null);
        stop.ThrowIfCancellationRequested();
        return SbpDetails.Show(model.Weights, test, training: true, request.Samples, engine, request.Cores, request.Threads);
    }

    public override Description Describe(DescribeRequest request)
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
            facts["accuracy"] = RunResult.ToJson(SbpEvaluation.MeasuresOf(model.Accuracy));
            facts["stateHash"] = model.StateHash;
        }
        else
        {
            // All data sets there are have images as the drawn ones.
            string dataset = request.Dataset ?? SbpSettings.DescribedDataset;
            RequireDataset(dataset);
            (int units, int crop) = SbpSettings.Of(Complete(dataset, request.Options));
            SbpSamples.RequireCrop(dataset, StrokeDigits.Side, StrokeDigits.Side, crop);
            int side = StrokeDigits.Side - 2 * crop;
            (inputs, hidden, outputs) = (side * side, units, DataLocator.ClassesOf(dataset));
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

    private (string Dataset, SbpSamples Test) LoadTest(SbpModel model, string file, string? dataset, string? data, int? samples)
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

    private static BitFrames BlankFrame(int size) => new(1, size, new ulong[(size + 63) / 64]);

    /// <summary>The layers' sizes.</summary>
    public static string SizesOf(SbpWeights weights) => $"{weights.Inputs}-{weights.Hidden}-{weights.Outputs}";
}
