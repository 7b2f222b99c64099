using System.Text.Json.Nodes;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cores;
using ActorSnn.Datasets;
using ActorSnn.Datasets.Events;
using ActorSnn.Learning;
using ActorSnn.Learning.SsnnBp;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Faults;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems.SsnnBp;

/// <summary>SSNN-BP on the command line.</summary>
internal sealed class SsnnBpSystem : MeshSystem
{
    public override string Name => "ssnn-bp";

    public override string Summary => "backpropagation by stochastic spikes, reconstructed from an abstract (Biswas et al. 2023)";

    public override string ModelKind => SsnnBpModel.Kind;

    public override IReadOnlyList<SystemOption> Options => SsnnBpSettings.All;

    public override IReadOnlyList<string> Datasets => LayeredSamples.Datasets;

    public override string UsualDataset => SsnnBpSettings.UsualDataset;

    public override string UsualDescription => SsnnBpSettings.UsualDataset;

    public override int UsualEpochs(string dataset) => SsnnBpSettings.Shared.Epochs(dataset);

    public override string UsualEpochsInWords => "5 for synth, 15 for the others";

    // Rates go down by the part of the epochs that are done, and weight units follow the smallest rate.
    public override bool FixesEpochs => true;

    public override JsonObject Complete(string dataset, JsonObject given) => SsnnBpSettings.Complete(dataset, given);

    public override string DisturbedOf(JsonObject? options) =>
        options is not null && SsnnBpSettings.Shared.HiddenOf(options).Length > 1 ? "input->*,h?->h?,h*->o" : "input->*,h*->o";

    protected override Trainee Load(TrainingRun run, TrainRequest request, INetworkHost host, CancellationToken stop)
    {
        var settings = SsnnBpSettings.Of(run.Options, run.Epochs);
        var data = new DataLocator(request.Data);
        LayeredSamples Part(bool training, int? count) => LayeredSamples.Load(data, run.Dataset, training, count, settings.Options.TrainLength, (_, _) => settings.Crop, SsnnBpSettings.Shared.FoldOf(run.Options));
        var train = Part(training: true, run.Samples);
        stop.ThrowIfCancellationRequested();
        var test = Part(training: false, null);
        if ((test.Rows, test.Columns) != (train.Rows, train.Columns))
            throw new UsageException($"{run.Dataset} has training images of {train.Rows}x{train.Columns} and test images of {test.Rows}x{test.Columns}; they must agree");
        stop.ThrowIfCancellationRequested();
        return SsnnBpTrainee.New(run, train, test, host);
    }

    protected override Trainee Follow(TrainingRun run, TrainRequest request, Network network, int samplesPerEpoch)
    {
        var settings = SsnnBpSettings.Of(run.Options, run.Epochs);
        var test = LayeredSamples.Load(new DataLocator(request.Data), run.Dataset, training: false, null, settings.Options.TrainLength, (_, _) => settings.Crop, SsnnBpSettings.Shared.FoldOf(run.Options));
        return new SsnnBpTrainee(run, test, network, samplesPerEpoch, digest: null);
    }

    public override RunResult Evaluate(EvaluateRequest request, INetworkHost host, IRunObserver observer, CancellationToken stop)
    {
        var engine = host.Local;
        var model = SsnnBpModel.Load(request.Model);
        var test = LoadTest(model, request.Model, request.Dataset, request.Data, request.Samples);
        stop.ThrowIfCancellationRequested();
        if (model.IsRecorded && request.TestLength is { } asked && asked != model.TestLength)
            throw new UsageException($"--test-length {asked}: the recordings of {test.Dataset} are shown in {model.TestLength} time bins; leave it out");
        var settings = new SsnnBpSettings(model.Options, request.TestLength ?? model.TestLength, 0);
        var options = model.Options;
        var timing = (request.Timing ?? TimingRequest.Exact).Disturbing(DisturbedOf(new JsonObject { [SsnnBpSettings.Shared.Hidden.Key] = new JsonArray([.. options.Hidden.Select(n => (JsonNode)n)]) }));
        var network = host.Prepare(timing.ApplyTo(SsnnBpCircuit.Inference(model.Weights, test.Inputs, options, settings.TestLength, model.Seed)), new SampleTimes(settings.TestLength));
        var evaluation = SsnnBpEvaluation.Run(
            network, test, test.Count, settings.TestLength, options.Hidden.Length, engine, request.Cores, request.Threads, stop, timing.FreeOf(network),
            (done, seconds) => observer.Progress(new RunProgress(0, options.Rate.Passes, done, test.Count, seconds, done / Math.Max(seconds, 1e-6), null)));
        var accuracy = new SsnnBpAccuracy(evaluation.Answers.Accuracy, SsnnBpEvaluation.RateAccuracy(model.Weights, options.Activation, test));
        return new RunResult
        {
            System = Name,
            Dataset = test.Dataset,
            Epochs = options.Rate.Passes,
            Seed = model.Seed,
            Hidden = options.Hidden,
            Cores = evaluation.Placement.Cores.Length,
            Threads = evaluation.Threads,
            Engine = engine.Name,
            Accuracy = SsnnBpEvaluation.MeasuresOf(accuracy),
            Loss = evaluation.Answers.Loss,
            StateHash = evaluation.State.Hash(),
            Spikes = evaluation.State.SpikeCount,
            SynapticEvents = evaluation.State.SynapticEvents,
            Samples = test.Count,
            Seconds = evaluation.Seconds,
            TestSamples = test.Count,
            Sizes = string.Join('-', model.Weights.Sizes),
            Facts = new JsonObject { ["trainLength"] = options.TrainLength, ["testLength"] = settings.TestLength, ["learningRate"] = options.Rate.Rate },
            Timing = evaluation.Timing,
            Model = request.Model,
            Data = request.Data,
            Details = request.ShownSamples is { } shown
                ? new RunDetails(SsnnBpDetails.LossMeaning, [Confusion.Of("By the output that wins most steps", evaluation.Answers.Classes, test)],
                    SsnnBpDetails.Show(model.Weights, settings, model.Seed, test, training: false, shown, engine, request.Cores, request.Threads),
                    SsnnBpDetails.Images(model.Weights, model.Channels, model.Rows, model.Columns),
                    MeshOverviews.Of(evaluation.Placement, evaluation.Traffic, SsnnBpAnnotation.GroupOf))
                : null,
        };
    }

    public override Showing Show(RasterRequest request, IEngine engine, CancellationToken stop)
    {
        var model = SsnnBpModel.Load(request.Model);
        var test = LoadTest(model, request.Model, request.Dataset, request.Data, samples: null);
        stop.ThrowIfCancellationRequested();
        return SsnnBpDetails.Show(model.Weights, new SsnnBpSettings(model.Options, model.TestLength, 0), model.Seed, test, training: true, request.Samples, engine, request.Cores, request.Threads);
    }

    public override Description Describe(DescribeRequest request)
    {
        var facts = new JsonObject();
        SsnnBpOptions options;
        int inputs, outputs;
        WeightImages? images = null;
        if (request.Model is not null)
        {
            var model = SsnnBpModel.Load(request.Model);
            (inputs, outputs, options) = (model.Weights.Sizes[0], model.Weights.Sizes[^1], model.Options);
            images = SsnnBpDetails.Images(model.Weights, model.Channels, model.Rows, model.Columns);
            facts["model"] = request.Model;
            facts["dataset"] = model.Dataset;
            facts["seed"] = model.Seed;
            facts["epochs"] = options.Rate.Passes;
            facts["samples"] = model.Samples;
            facts["accuracy"] = RunResult.ToJson(SsnnBpEvaluation.MeasuresOf(model.Accuracy));
            facts["stateHash"] = model.StateHash;
            facts["learningRate"] = options.Rate.Rate;
            facts["testLength"] = model.TestLength;
            facts["gain"] = options.Gain;
            facts["mode"] = SystemOption.WordOf(options.Membrane);
            facts["activation"] = SystemOption.WordOf(options.Activation);
            facts["derivative"] = SystemOption.WordOf(options.Derivative);
            facts["splitWeights"] = options.Split == BackwardSplit.ByWeight;
            facts["winner"] = SystemOption.WordOf(options.Winner);
            facts["l2"] = options.L2;
            facts["dropout"] = options.Dropout;
            if (options.Device is { } device)
            {
                facts["stepVariation"] = device.StepVariation;
                facts["deviceVariation"] = device.DeviceVariation;
                facts["asymmetry"] = device.Asymmetry;
                if (device.Bound > 0) facts["weightBound"] = device.Bound;
            }
        }
        else
        {
            string dataset = request.Dataset ?? SsnnBpSettings.UsualDataset;
            RequireDataset(dataset);
            var settings = SsnnBpSettings.Of(Complete(dataset, request.Options), epochs: 1);
            options = settings.Options;
            if (LayeredSamples.IsRecorded(dataset))
            {
                inputs = 2 * EventDataset.NmnistSide * EventDataset.NmnistSide;
            }
            else
            {
                // All data sets there are have images as the drawn ones.
                LayeredSamples.RequireCrop(dataset, StrokeDigits.Side, StrokeDigits.Side, settings.Crop);
                int side = StrokeDigits.Side - 2 * settings.Crop;
                inputs = side * side;
            }
            outputs = DataLocator.ClassesOf(dataset);
            facts["dataset"] = dataset;
        }
        MemoryCheck.RequireLayers(inputs, options.Hidden, outputs);
        // Of the sizes only; any weights and samples do.
        var weights = LayerWeights.Initialise([inputs, .. options.Hidden, outputs], seed: 1);
        var blank = SsnnBpInputs.Intensities(new IntensityFrames(1, inputs, new byte[inputs]));
        var network = SsnnBpCircuit.Training(weights, blank, [0], options, seed: 1);
        RequestedCores.Require(network, request.Cores, request.Nodes);
        var inference = SsnnBpCircuit.Inference(weights, blank, options, testLength: 1, seed: 1);
        facts["sizes"] = string.Join('-', weights.Sizes);
        facts["circuit"] = "training";
        facts["trainLength"] = options.TrainLength;
        facts["window"] = options.Window;
        facts["ticksPerSample"] = SsnnBpTrainee.TicksOf(options);
        facts["inference"] = new JsonObject
        {
            ["neurons"] = inference.NeuronCount,
            ["synapses"] = inference.Projections.Sum(p => NetworkDescription.SynapsesOf(inference, p)),
            ["ticksPerStep"] = 1,
        };
        var placement = Placer.Place(network, new PlacementOptions(request.Cores, Workers: request.Nodes ?? 1));
        return new NetworkDescription(Name, facts, placement, request.Nodes) { Weights = images, GroupOf = SsnnBpAnnotation.GroupOf };
    }

    /// <summary>What learning in windows has cost: the same is trained once more, in place.</summary>
    protected override RunResult Compare(
        RunResult result, RunDetails details, TrainingRun run, TrainRequest request, INetworkHost host, IRunObserver observer, CancellationToken stop)
    {
        int window = SsnnBpSettings.Of(run.Options, run.Epochs).Options.Window;
        if (window == 1) return result;
        var options = run.Options.DeepClone().AsObject();
        options[SsnnBpSettings.Window.Key] = 1;
        var directory = Directory.CreateTempSubdirectory("actorsnn-in-place-");
        try
        {
            var inPlace = Train(
                request with
                {
                    Dataset = run.Dataset, Epochs = run.Epochs, Samples = run.Samples, Seed = run.Seed, Options = options, Timing = run.Timing, Checkpoints = new CheckpointRequest(),
                    Out = Path.Combine(directory.FullName, "in-place.actorsnn"), ShownSamples = null,
                },
                host, observer, stop);
            if (inPlace.Interrupted) return result;
            var costs = result.Accuracy!.Zip(inPlace.Accuracy!, (here, there) => (there.Name, there.Value, Points: 100 * (there.Value - here.Value)));
            var facts = result.Facts.DeepClone().AsObject();
            facts["inPlace"] = RunResult.ToJson(inPlace.Accuracy!);
            string reached = string.Join("; ", costs.Select(c => FormattableString.Invariant($"{c.Name} {100 * c.Value:0.00} %, {Math.Abs(c.Points):0.00} points {(c.Points < 0 ? "less" : "more")}")));
            return result with
            {
                Facts = facts,
                Details = details with { Remark = new Remark("What windows cost", $"Updates were committed every {window} steps. Trained in place, step by step, the same network reaches: {reached}.") },
            };
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private LayeredSamples LoadTest(SsnnBpModel model, string file, string? dataset, string? data, int? samples)
    {
        dataset ??= model.Dataset;
        RequireDataset(dataset);
        if (LayeredSamples.IsRecorded(dataset) != model.IsRecorded)
            throw new UsageException($"{file} takes {(model.IsRecorded ? "recorded spikes" : "images")}; {dataset} has {(model.IsRecorded ? "images" : "recordings")}");
        var test = LayeredSamples.Load(new DataLocator(data), dataset, training: false, samples, model.Options.TrainLength, (rows, _) => Math.Max(0, (rows - model.Rows) / 2));
        if ((test.Channels, test.Rows, test.Columns) != (model.Channels, model.Rows, model.Columns))
            throw new UsageException($"{file} takes samples of {model.Rows}x{model.Columns}; those of {dataset} are {test.Rows}x{test.Columns}");
        if (test.Classes != model.Weights.Sizes[^1])
            throw new UsageException($"{file} tells {model.Weights.Sizes[^1]} classes apart; {dataset} has {test.Classes}");
        return test;
    }
}
