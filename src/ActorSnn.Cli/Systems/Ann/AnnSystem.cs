using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Systems.SsnnBp;
using ActorSnn.Datasets;
using ActorSnn.Datasets.Events;
using ActorSnn.Learning;
using ActorSnn.Learning.Ann;
using ActorSnn.Mesh;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Systems.Ann;

/// <summary>The plain network that SSNN-BP and BSTDG are compared with, on the command line. It runs on no mesh.</summary>
internal sealed class AnnSystem : ILearningSystem
{
    private const string LossMeaning = "Loss: cross-entropy of the softmax of the outputs, averaged over the training samples, each before it was learned from.";
    private const double SecondsBetweenReports = 0.25;
    private const ulong DefaultSeed = 1;
    private const int UsualBins = 32;

    private static readonly SystemOption Bins = SystemOption.Whole(
        "--train-length", 1, $"nmnist: time bins of a recording, whose means are learned from. Default: {UsualBins}.", SteppedNeuronModel.MaxSampleSteps).Optional();

    public string Name => "ann";

    public string Summary => "the plain network that ssnn-bp and bstdg are compared with, one sample at a time";

    public string ModelKind => AnnModel.Kind;

    public IReadOnlyList<SystemOption> Options { get; } =
    [
        SsnnBpSettings.Shared.Hidden, SsnnBpSettings.Shared.Crop, SsnnBpSettings.Shared.Fold, Bins, FirstSpikeSamples.Steps.Optional(), FirstSpikeSamples.TimeWindows, FirstSpikeSamples.Seconds,
        FirstSpikeSamples.SplitNumber, FirstSpikeSamples.Image, SsnnBpSettings.Shared.Rate, SsnnBpSettings.Shared.Activation, SsnnBpSettings.Shared.L2, SsnnBpSettings.Shared.Dropout,
    ];

    public IReadOnlyList<string> Datasets { get; } = [.. LayeredSamples.Datasets, .. FirstSpikeSamples.Datasets];

    public string UsualDataset => SsnnBpSettings.UsualDataset;

    public string UsualDescription => UsualDataset;

    public int UsualEpochs(string dataset) => UsualBesideFirstSpikes(dataset)?.Epochs ?? SsnnBpSettings.Shared.Epochs(dataset);

    public string UsualEpochsInWords => "5 for synth, 20 for caltech, 60 for spike trains, 15 for the others";

    public bool FixesEpochs => true;

    public bool IsOnMesh => false;

    public string DisturbedOf(JsonObject? options) => "";

    public JsonObject Complete(string dataset, JsonObject given)
    {
        var options = new JsonObject();
        var beside = UsualBesideFirstSpikes(dataset);
        if (beside is null)
        {
            SsnnBpSettings.Shared.CompleteShape(options, dataset, given);
        }
        else
        {
            options[SsnnBpSettings.Shared.Hidden.Key] = given[SsnnBpSettings.Shared.Hidden.Key]?.DeepClone() ?? new JsonArray(beside.Value.Hidden);
            SsnnBpSettings.Shared.Crop.Refuse(dataset, given);
            SsnnBpSettings.Shared.Fold.Refuse(dataset, given);
        }
        Bins.TakeFor(LayeredSamples.IsRecorded(dataset), options, dataset, given, UsualBins);
        FirstSpikeSamples.Steps.TakeFor(DataLocator.SpikeDatasets.Contains(dataset), options, dataset, given, FirstSpikeSamples.UsualSteps);
        FirstSpikeSamples.Complete(options, dataset, given, FirstSpikeSamples.Usual(dataset), StepsOf(options));
        foreach (var (option, usual) in new (SystemOption, JsonNode)[]
        {
            (SsnnBpSettings.Shared.Rate, beside?.Rate ?? SsnnBpSettings.Shared.UsualRate(dataset)), (SsnnBpSettings.Shared.Activation, SystemOption.WordOf(SpikeActivation.Logistic)),
            (SsnnBpSettings.Shared.L2, 0.0), (SsnnBpSettings.Shared.Dropout, 0.0),
        })
        {
            options[option.Key] = given[option.Key]?.DeepClone() ?? usual;
        }
        return options;
    }

    public RunResult Train(TrainRequest request, INetworkHost host, IRunObserver observer, CancellationToken stop)
    {
        string dataset = request.Dataset ?? UsualDataset;
        RequireDataset(dataset);
        var given = Complete(dataset, request.Options);
        ulong seed = request.Seed ?? DefaultSeed;
        int epochs = request.Epochs ?? UsualEpochs(dataset);
        string file = request.Out ?? $"{Name}-{dataset}-seed{seed}{AnnModel.Extension}";
        ModelFile.RequireReplaceable(file);
        int bins = given[Bins.Key]?.GetValue<int>() ?? 1;
        var data = new DataLocator(request.Data);
        var samples = FirstSpikeSamples.Of(given);
        LayeredSamples Part(bool training, int? count) => FirstSpikeSamples.Datasets.Contains(dataset)
            ? samples.Load(data, dataset, training, count, StepsOf(given))
            : LayeredSamples.Load(data, dataset, training, count, bins, (_, _) => SsnnBpSettings.Shared.CropOf(given), SsnnBpSettings.Shared.FoldOf(given));
        var train = Part(training: true, request.Samples);
        stop.ThrowIfCancellationRequested();
        var test = Part(training: false, null);
        if ((test.Rows, test.Columns) != (train.Rows, train.Columns))
            throw new UsageException($"{dataset} has training samples of {train.Rows}x{train.Columns} and test samples of {test.Rows}x{test.Columns}; they must agree");

        var hidden = SsnnBpSettings.Shared.HiddenOf(given);
        MemoryCheck.RequireLayers(train.Inputs.Size, hidden, train.Classes);
        var options = OptionsOf(given, seed, epochs);
        var trainer = new AnnTrainer([train.Inputs.Size, .. hidden, train.Classes], options);
        var history = new List<EpochScores>();
        bool completed = Run(trainer, train, test, epochs, history, observer, stop, out double seconds);
        var last = history.Count > 0 ? history[^1] : null;
        if (completed)
        {
            new AnnModel
            {
                Weights = trainer.Weights,
                Activation = options.Activation,
                Dataset = dataset,
                Channels = test.Channels,
                Rows = test.Rows,
                Columns = test.Columns,
                Bins = bins,
                Steps = StepsOf(given),
                Duration = samples.Duration,
                Split = samples.Split,
                View = samples.View,
                Seed = seed,
                Epochs = epochs,
                Rate = options.Schedule.Rate,
                L2 = options.L2,
                Dropout = options.Dropout,
                Samples = trainer.Samples,
                Accuracy = last!.Accuracy[0].Value,
            }.Save(file);
        }
        return ResultOf(dataset, trainer.Weights, seed, epochs, test.Count) with
        {
            Accuracy = last?.Accuracy,
            Loss = last?.Loss,
            Samples = trainer.Samples,
            Seconds = seconds,
            Facts = new JsonObject { ["learningRate"] = options.Schedule.Rate },
            Model = completed ? file : null,
            Data = request.Data,
            History = history,
            Best = BestMeasure.Of(history),
            Interrupted = !completed,
            EpochsDone = history.Count,
            Details = request.ShownSamples is null ? null : DetailsOf(trainer.Network, trainer.Weights, test),
        };
    }

    public RunResult Attach(TrainRequest request, INetworkRun submitted, JsonObject about, INetworkHost host, IRunObserver observer, CancellationToken stop) =>
        throw new UsageException($"{Name} runs on no cluster");

    public RunResult Evaluate(EvaluateRequest request, INetworkHost host, IRunObserver observer, CancellationToken stop)
    {
        if (request.TestLength is not null) throw new UsageException("--test-length: a plain network takes no steps; leave it out");
        var model = AnnModel.Load(request.Model);
        string dataset = request.Dataset ?? model.Dataset;
        RequireDataset(dataset);
        var samples = FirstSpikeSamples.OfModel(model.Rows, model.Duration, model.Split, model.View);
        samples.RequireTakes(request.Model, dataset);
        var data = new DataLocator(request.Data);
        var test = FirstSpikeSamples.Datasets.Contains(dataset)
            ? samples.Load(data, dataset, training: false, request.Samples, model.Steps)
            : LayeredSamples.Load(data, dataset, training: false, request.Samples, model.Bins, (rows, _) => Math.Max(0, (rows - model.Rows) / 2));
        if ((test.Channels, test.Rows, test.Columns) != (model.Channels, model.Rows, model.Columns))
            throw new UsageException($"{request.Model} takes samples of {model.Rows}x{model.Columns}; those of {dataset} are {test.Rows}x{test.Columns}");
        if (test.Classes != model.Weights.Sizes[^1])
            throw new UsageException($"{request.Model} tells {model.Weights.Sizes[^1]} classes apart; {dataset} has {test.Classes}");
        stop.ThrowIfCancellationRequested();
        var network = new AnnNetwork(model.Weights, model.Activation);
        var clock = Stopwatch.StartNew();
        double accuracy = network.Accuracy(test.Means);
        return ResultOf(dataset, model.Weights, model.Seed, model.Epochs, test.Count) with
        {
            Accuracy = [MeasureOf(accuracy)],
            Samples = test.Count,
            Seconds = clock.Elapsed.TotalSeconds,
            Facts = new JsonObject { ["learningRate"] = model.Rate },
            Model = request.Model,
            Data = request.Data,
            Details = request.ShownSamples is null ? null : DetailsOf(network, model.Weights, test),
        };
    }

    public Showing Show(RasterRequest request, IEngine engine, CancellationToken stop) =>
        throw new UsageException($"{request.Model} is a model of {Name}, which has no spikes to draw");

    public Description Describe(DescribeRequest request)
    {
        var facts = new JsonObject();
        if (request.Model is null)
        {
            string dataset = request.Dataset ?? UsualDataset;
            RequireDataset(dataset);
            var options = Complete(dataset, request.Options);
            int crop = SsnnBpSettings.Shared.CropOf(options);
            var (rows, columns) = FirstSpikeSamples.Datasets.Contains(dataset) ? FirstSpikeSamples.Of(options).ShapeOf(dataset)
                : LayeredSamples.IsRecorded(dataset) ? (2 * EventDataset.NmnistSide, EventDataset.NmnistSide)
                : (StrokeDigits.Side, StrokeDigits.Side);
            LayeredSamples.RequireCrop(dataset, rows, columns, crop);
            facts["dataset"] = dataset;
            AddSizes(facts, [(rows - 2 * crop) * (columns - 2 * crop), .. SsnnBpSettings.Shared.HiddenOf(options), DataLocator.ClassesOf(dataset)]);
            return new Description(Name, facts);
        }
        var model = AnnModel.Load(request.Model);
        facts["model"] = request.Model;
        facts["dataset"] = model.Dataset;
        facts["seed"] = model.Seed;
        facts["epochs"] = model.Epochs;
        facts["samples"] = model.Samples;
        facts["accuracy"] = RunResult.ToJson([MeasureOf(model.Accuracy)]);
        facts["stateHash"] = HashOf(model.Weights);
        facts["learningRate"] = model.Rate;
        facts["activation"] = model.Activation == HiddenActivation.Logistic ? "logistic" : "hard";
        facts["l2"] = model.L2;
        facts["dropout"] = model.Dropout;
        AddSizes(facts, model.Weights.Sizes);
        return new Description(Name, facts) { Weights = ImagesOf(model.Weights, model.Channels * model.Rows, model.Columns) };
    }

    /// <summary>How a plain network learns that is to be compared with a spiking one.</summary>
    /// <param name="options">Complete options of either.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="epochs">Passes over the training set.</param>
    public static AnnOptions OptionsOf(JsonObject options, ulong seed, int epochs) => new()
    {
        Seed = seed,
        Schedule = new RateSchedule(options[SsnnBpSettings.Shared.Rate.Key]!.GetValue<double>(), epochs),
        Activation = SsnnBpEvaluation.ActivationOf(SystemOption.ValueOf<SpikeActivation>(options[SsnnBpSettings.Shared.Activation.Key]!)),
        L2 = options[SsnnBpSettings.Shared.L2.Key]!.GetValue<double>(),
        Dropout = options[SsnnBpSettings.Shared.Dropout.Key]!.GetValue<double>(),
    };

    /// <summary>The usual hidden layer, rate and epochs of data sets that came with networks of first spikes; null for the others, which have those of SSNN-BP.</summary>
    private static (int Hidden, double Rate, int Epochs)? UsualBesideFirstSpikes(string dataset) =>
        DataLocator.SpikeDatasets.Contains(dataset) ? (256, 0.03, 60) : DataLocator.SplitDatasets.Contains(dataset) ? (64, 0.001, 20) : null;

    /// <summary>Steps of a spike train; 0 for other data sets.</summary>
    private static int StepsOf(JsonObject options) => options[FirstSpikeSamples.Steps.Key]?.GetValue<int>() ?? 0;

    /// <summary>Trains to the end, or until stopped.</summary>
    /// <returns>Whether the end was reached.</returns>
    private static bool Run(
        AnnTrainer trainer, LayeredSamples train, LayeredSamples test, int epochs, List<EpochScores> history, IRunObserver observer, CancellationToken stop, out double seconds)
    {
        var clock = new Stopwatch();
        double reported = 0;
        RunProgress Progress(IReadOnlyList<Measure>? accuracy)
        {
            double elapsed = clock.Elapsed.TotalSeconds;
            return new RunProgress(
                Math.Min(epochs, accuracy is null ? history.Count + 1 : history.Count), epochs, trainer.Samples, (long)epochs * train.Count, elapsed,
                elapsed > 0 ? trainer.Samples / elapsed : 0, accuracy);
        }
        try
        {
            while (history.Count < epochs)
            {
                clock.Start();
                double loss = trainer.RunPass(train.Means, history.Count, _ =>
                {
                    if (clock.Elapsed.TotalSeconds - reported < SecondsBetweenReports) return;
                    reported = clock.Elapsed.TotalSeconds;
                    observer.Progress(Progress(null));
                }, stop);
                clock.Stop();
                history.Add(new EpochScores(history.Count + 1, [MeasureOf(trainer.Network.Accuracy(test.Means))], loss));
                observer.Progress(Progress(history[^1].Accuracy));
            }
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            seconds = clock.Elapsed.TotalSeconds;
        }
    }

    private RunResult ResultOf(string dataset, LayerWeights weights, ulong seed, int epochs, int testSamples) => new()
    {
        System = Name,
        Dataset = dataset,
        Epochs = epochs,
        Seed = seed,
        Hidden = weights.Sizes[1..^1],
        Cores = 0,
        Threads = 1,
        Engine = "none",
        Accuracy = null,
        StateHash = HashOf(weights),
        Spikes = 0,
        SynapticEvents = 0,
        Samples = 0,
        Seconds = 0,
        TestSamples = testSamples,
        Sizes = string.Join('-', weights.Sizes),
        Timing = new TimingResult($"{TimingRequest.Exact}", null, null),
    };

    private static RunDetails DetailsOf(AnnNetwork network, LayerWeights weights, LayeredSamples test)
    {
        var sample = new float[test.Means.Inputs];
        var answers = new int[test.Count];
        for (int i = 0; i < answers.Length; i++)
        {
            test.Means.Read(i, sample);
            answers[i] = network.Classify(sample);
        }
        return new RunDetails(LossMeaning, [Confusion.Of("By the largest output", answers, test)], null, ImagesOf(weights, test.Channels * test.Rows, test.Columns), null);
    }

    private static Measure MeasureOf(double accuracy) => new("rate", "largest output", accuracy);

    private static WeightImages ImagesOf(LayerWeights weights, int rows, int columns) => HiddenWeights.Images(weights.Weights(1), weights.Sizes[1], rows, columns, "1");

    private static void AddSizes(JsonObject facts, ImmutableArray<int> sizes)
    {
        facts["sizes"] = string.Join('-', sizes);
        facts["weights"] = Enumerable.Range(1, sizes.Length - 1).Sum(l => (sizes[l - 1] + 1L) * sizes[l]);
    }

    private static string HashOf(LayerWeights weights)
    {
        using var writer = new CanonicalWriter();
        writer.Write("actorsnn-ann-1");
        for (int l = 1; l <= weights.Layers; l++) writer.Write(MemoryMarshal.AsBytes<float>(weights.Weights(l))).Write(MemoryMarshal.AsBytes<float>(weights.Biases(l)));
        return Convert.ToHexStringLower(writer.Finish());
    }

    private void RequireDataset(string dataset)
    {
        if (!Datasets.Contains(dataset)) throw new UsageException($"--dataset {dataset}: unknown; known are {string.Join(", ", Datasets)}");
    }
}
