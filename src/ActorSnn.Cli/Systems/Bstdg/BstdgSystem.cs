using System.Text.Json.Nodes;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cores;
using ActorSnn.Datasets;
using ActorSnn.Learning.Bstdg;
using ActorSnn.Mesh;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems.Bstdg;

/// <summary>Networks that tell by their first spike on the command line: BSTDG, and the systems of its lineage that it is compared with.</summary>
/// <param name="variant">Which.</param>
internal sealed class BstdgSystem(BstdgVariant variant) : MeshSystem, IExportingSystem
{
    public override string Name => variant.Name;

    public override string Summary => variant.Summary;

    public override string ModelKind => BstdgModel.KindOf(variant.Name);

    public override IReadOnlyList<SystemOption> Options => BstdgSettings.All;

    public override IReadOnlyList<string> Datasets => BstdgSettings.Datasets;

    public override string UsualDataset => DataLocator.Synth;

    public override string UsualDescription => UsualDataset;

    public override int UsualEpochs(string dataset) => variant.Epochs(dataset);

    public override string UsualEpochsInWords => variant.EpochsInWords;

    // Rates may go down by the part of the epochs that are done.
    public override bool FixesEpochs => true;

    public override JsonObject Complete(string dataset, JsonObject given) => BstdgSettings.Complete(variant, dataset, given);

    public override string DisturbedOf(JsonObject? options) => "input->h,h->o";

    protected override Trainee Load(TrainingRun run, TrainRequest request, INetworkHost host, CancellationToken stop)
    {
        var settings = BstdgSettings.Of(variant, run.Dataset, run.Options, run.Epochs);
        var data = new DataLocator(request.Data);
        var train = settings.Load(data, run.Dataset, training: true, run.Samples);
        stop.ThrowIfCancellationRequested();
        var test = settings.Load(data, run.Dataset, training: false, null);
        if ((test.Rows, test.Columns) != (train.Rows, train.Columns))
            throw new UsageException($"{run.Dataset} has training samples of {train.Rows}x{train.Columns} and test samples of {test.Rows}x{test.Columns}; they must agree");
        stop.ThrowIfCancellationRequested();
        return BstdgTrainee.New(run, settings, train, test, host);
    }

    protected override Trainee Follow(TrainingRun run, TrainRequest request, Network network, int samplesPerEpoch)
    {
        var settings = BstdgSettings.Of(variant, run.Dataset, run.Options, run.Epochs);
        return new BstdgTrainee(run, settings, settings.Load(new DataLocator(request.Data), run.Dataset, training: false, null), network, samplesPerEpoch, digest: null);
    }

    public override RunResult Evaluate(EvaluateRequest request, INetworkHost host, IRunObserver observer, CancellationToken stop)
    {
        if (request.TestLength is not null) throw new UsageException($"--test-length: {Name} takes the steps it was trained with; leave it out");
        var engine = host.Local;
        var model = BstdgModel.Load(request.Model, ModelKind);
        var options = model.Options;
        var test = LoadTest(model, request.Model, request.Dataset, request.Data, request.Samples);
        stop.ThrowIfCancellationRequested();
        var timing = (request.Timing ?? TimingRequest.Exact).Disturbing(DisturbedOf(null));
        var plain = BstdgCircuit.Inference(model.Weights, test.Intensities, options, exitsEarly: false);
        var network = host.Prepare(timing.ApplyTo(plain), BstdgTrainee.SampleTimesOf(options));
        var free = timing.FreeOf(network);
        var evaluation = BstdgEvaluation.Run(
            network, test, options, engine, request.Cores, request.Threads, stop, free,
            (done, seconds) => observer.Progress(new RunProgress(0, model.Epochs, done, test.Count, seconds, done / Math.Max(seconds, 1e-6), null)));
        // What is disturbed has other answers in every run of other ticks, so that there is nothing to compare.
        var earlyExit = ReferenceEquals(network, plain) && free is null
            ? EarlyExit.Run(model.Weights, test, options, evaluation.Answers, engine, request.Cores, request.Threads, stop)
            : null;
        var facts = FactsOf(options);
        foreach (var (name, value) in BstdgEvaluation.FiguresOf(evaluation.Answers, earlyExit)) facts[name] = value?.DeepClone();
        string sentence = BstdgEvaluation.SentenceOf(evaluation.Answers, options, earlyExit);
        return new RunResult
        {
            System = Name,
            Dataset = test.Dataset,
            Epochs = model.Epochs,
            Seed = model.Seed,
            Hidden = [options.Hidden],
            Cores = evaluation.Placement.Cores.Length,
            Threads = evaluation.Threads,
            Engine = engine.Name,
            Accuracy = BstdgEvaluation.MeasuresOf(evaluation.Answers.Accuracy),
            Loss = evaluation.Answers.Loss,
            StateHash = evaluation.State.Hash(),
            Spikes = evaluation.State.SpikeCount,
            SynapticEvents = evaluation.State.SynapticEvents,
            Samples = test.Count,
            Seconds = evaluation.Seconds,
            TestSamples = test.Count,
            Sizes = string.Join('-', model.Weights.Sizes),
            Facts = facts,
            Note = sentence,
            Timing = evaluation.Timing,
            Model = request.Model,
            Data = request.Data,
            Details = request.ShownSamples is { } shown
                ? BstdgDetails.Of(
                    evaluation.Answers, sentence, model.Weights, test,
                    BstdgDetails.Show(model.Weights, options, model.Seed, test, training: false, shown, engine, request.Cores, request.Threads),
                    MeshOverviews.Of(evaluation.Placement, evaluation.Traffic, BstdgAnnotation.GroupOf))
                : null,
        };
    }

    public override Showing Show(RasterRequest request, IEngine engine, CancellationToken stop)
    {
        var model = BstdgModel.Load(request.Model, ModelKind);
        var test = LoadTest(model, request.Model, request.Dataset, request.Data, samples: null);
        stop.ThrowIfCancellationRequested();
        return BstdgDetails.Show(model.Weights, model.Options, model.Seed, test, training: !model.IsExported, request.Samples, engine, request.Cores, request.Threads);
    }

    public Description Export(string path, string output)
    {
        BstdgModel exported;
        try
        {
            exported = BstdgModel.Load(path, ModelKind).Export();
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"{path}: {e.Message}");
        }
        exported.Save(output);
        var thresholds = Enumerable.Range(1, 2).Select(l => Array.ConvertAll(exported.Weights.Biases(l), bias => (long)Math.Ceiling(-(double)bias))).ToList();
        return new Description(Name, new JsonObject
        {
            ["model"] = path,
            ["exported"] = output,
            ["sizes"] = string.Join('-', exported.Weights.Sizes),
            ["steps"] = exported.Options.Steps,
            ["weightBytes"] = exported.SignBytes,
            ["hiddenThresholds"] = $"{thresholds[0].Min()} to {thresholds[0].Max()}",
            ["outputThresholds"] = $"{thresholds[1].Min()} to {thresholds[1].Max()}",
        });
    }

    public override Description Describe(DescribeRequest request)
    {
        var facts = new JsonObject();
        bool isExported = false;
        BstdgOptions options;
        int inputs, outputs;
        WeightImages? images = null;
        if (request.Model is not null)
        {
            var model = BstdgModel.Load(request.Model, ModelKind);
            (inputs, outputs, options) = (model.Weights.Sizes[0], model.Weights.Sizes[^1], model.Options);
            images = BstdgDetails.Images(model.Weights, model.Rows, model.Columns);
            isExported = model.IsExported;
            facts["model"] = request.Model;
            facts["dataset"] = model.Dataset;
            facts["seed"] = model.Seed;
            facts["epochs"] = model.Epochs;
            facts["samples"] = model.Samples;
            facts["accuracy"] = RunResult.ToJson(BstdgEvaluation.MeasuresOf(model.Accuracy));
            facts["stateHash"] = model.StateHash;
        }
        else
        {
            string dataset = request.Dataset ?? UsualDataset;
            RequireDataset(dataset);
            var settings = BstdgSettings.Of(variant, dataset, Complete(dataset, request.Options), epochs: 1);
            var (rows, columns) = settings.ShapeOf(dataset);
            (inputs, outputs, options) = (rows * columns, DataLocator.ClassesOf(dataset), settings.Options);
            facts["dataset"] = dataset;
        }
        MemoryCheck.RequireLayers(inputs, [options.Hidden], outputs);
        // Of the sizes only; any weights and samples do.
        var weights = BstdgWeights.Initialise(inputs, outputs, options, seed: 1);
        var blank = new IntensityFrames(1, inputs, new byte[inputs]);
        var inference = BstdgCircuit.Inference(weights, blank, options, exitsEarly: true);
        var network = isExported ? inference : BstdgCircuit.Training(weights, blank, [0], options, seed: 1);
        RequestedCores.Require(network, request.Cores, request.Nodes);
        facts["sizes"] = string.Join('-', weights.Sizes);
        facts["circuit"] = isExported ? "inference" : "training";
        foreach (var (name, value) in FactsOf(options)) facts[name] = value?.DeepClone();
        facts["ticksPerSample"] = BstdgCircuit.PeriodTicks(options);
        facts["inference"] = new JsonObject
        {
            ["neurons"] = inference.NeuronCount,
            ["synapses"] = inference.Projections.Sum(p => NetworkDescription.SynapsesOf(inference, p)),
            ["leastTicksPerSample"] = BstdgCircuit.LeastPeriodTicks,
        };
        var placement = Placer.Place(network, new PlacementOptions(request.Cores, Workers: request.Nodes ?? 1));
        return new NetworkDescription(Name, facts, placement, request.Nodes) { Weights = images, GroupOf = BstdgAnnotation.GroupOf };
    }

    /// <summary>What is to be said of a network beside its sizes.</summary>
    public static JsonObject FactsOf(BstdgOptions options) => new()
    {
        ["steps"] = options.Steps,
        ["margin"] = options.Margin,
        ["shift"] = options.Shift,
        ["learningRate"] = options.Second.Rate,
        ["hiddenLearningRate"] = options.First.Rate,
        ["thresholdRate"] = options.ThresholdRateOf(options.Second),
        ["hiddenThresholdRate"] = options.ThresholdRateOf(options.First),
        ["thresholds"] = SystemOption.WordOf(options.Thresholds),
        ["window"] = SystemOption.WordOf(options.Window),
        ["weights"] = SystemOption.WordOf(options.Form),
        ["backward"] = SystemOption.WordOf(options.BackwardForm),
        ["bound"] = options.Bound,
    };

    private LayeredSamples LoadTest(BstdgModel model, string file, string? dataset, string? data, int? samples)
    {
        dataset ??= model.Dataset;
        RequireDataset(dataset);
        var settings = BstdgSettings.Of(model);
        settings.Samples.RequireTakes(file, dataset);
        var test = settings.Load(new DataLocator(data), dataset, training: false, samples);
        if ((test.Rows, test.Columns) != (model.Rows, model.Columns))
            throw new UsageException($"{file} takes samples of {model.Rows}x{model.Columns}; those of {dataset} are {test.Rows}x{test.Columns}");
        if (test.Classes != model.Weights.Sizes[^1])
            throw new UsageException($"{file} tells {model.Weights.Sizes[^1]} classes apart; {dataset} has {test.Classes}");
        return test;
    }
}
