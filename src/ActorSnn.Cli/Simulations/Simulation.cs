using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorSnn.Cli.Output;
using ActorSnn.Cli.Systems;
using ActorSnn.Cores;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;

namespace ActorSnn.Cli.Simulations;

/// <summary>What <c>run</c> was asked; null where the command line says nothing.</summary>
internal sealed record SimulationRequest
{
    public required NetworkChoice Choice { get; init; }

    public long? Ticks { get; init; }

    public double? Ms { get; init; }

    public int? Cores { get; init; }

    public int? Threads { get; init; }

    public UpdateStrategy Update { get; init; }

    /// <summary>Whether the spikes of all populations are recorded, beside what the network's own probes see.</summary>
    public bool Recorded { get; init; }

    public CheckpointRequest Checkpoints { get; init; } = new();
}

/// <summary>Runs a network on an engine: in pieces of a fraction of a second, with checkpoints in between. How it is cut changes no result.</summary>
internal sealed class Simulation : IDisposable
{
    private const double SecondsPerPiece = 0.25;
    private const int FirstPiece = 64;
    private const int DefaultCheckpointEvery = 10_000;
    private const double DefaultMs = 1000;
    private const int MostThreadsPerProcessor = 4;

    private readonly SimulationRequest _request;
    private readonly Network _network;
    private readonly string[] _counters;
    private readonly IMesh _mesh;
    private readonly string _engine;
    private readonly RunCheckpoints? _checkpoints;
    private readonly long _ticks;
    private readonly double _buildSeconds;
    private readonly double _secondsBefore;
    private readonly long _ticksBefore;
    private double _seconds;

    /// <summary>Builds the network, before its first tick or where its checkpoint stands.</summary>
    /// <exception cref="UsageException">The request cannot be met; nothing has been written.</exception>
    /// <exception cref="NetworkException">The file holds no network.</exception>
    /// <exception cref="ArchiveException">There are checkpoints, but none can be used.</exception>
    private Simulation(SimulationRequest request, IEngine engine, IRunObserver observer)
    {
        (_request, _engine) = (request, engine.Name);
        _checkpoints = RunCheckpoints.Open(request.Checkpoints, observer);
        var checkpoint = _checkpoints?.Resumed;
        (_network, _counters) = WithProbes(request.Choice.Load(), request.Recorded);
        if (checkpoint is not null && checkpoint.NetworkHash != _network.Hash)
            throw new UsageException($"{checkpoint.Name} is of another network than {request.Choice.Network} as given; resume with the same network and options");
        _ticks = TicksOf(request, checkpoint);
        RequestedCores.Require(_network, request.Cores);
        MemoryCheck.Require(_network, _ticks);
        _checkpoints?.Begin(new JsonObject { ["command"] = "run", ["network"] = request.Choice.Network });
        var state = checkpoint?.StateOf(_network);
        _seconds = _secondsBefore = checkpoint?.RequireOfRun<double>("seconds") ?? 0;
        long start = Stopwatch.GetTimestamp();
        var core = new CoreOptions(Update: request.Update);
        var rehearsal = Rehearsal.Start(_network, engine, request.Threads, core);
        _mesh = engine.Build(Place(), new MeshOptions(request.Threads, Core: core));
        rehearsal.Wait();
        _buildSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (state is not null) _mesh.Restore(state);
        _ticksBefore = TicksDone;
    }

    private long TicksDone => _mesh.Tick + 1;

    /// <summary>Builds a simulation; an interruption meanwhile ends the process, since nothing would be kept.</summary>
    /// <inheritdoc cref="Simulation(SimulationRequest, IEngine, IRunObserver)"/>
    public static Simulation Build(SimulationRequest request, IEngine engine, IRunObserver observer, Interruption interruption)
    {
        using var leaving = interruption.LeaveAtOnce("building the network");
        return new Simulation(request, engine, observer);
    }

    /// <summary>Runs to the end, or until stopped. With checkpoints, the last one is of where it stopped.</summary>
    /// <exception cref="CoreFailedException">A core threw.</exception>
    /// <exception cref="IOException">A checkpoint could not be written.</exception>
    public SimulationResult Run(IRunObserver observer, CancellationToken stop)
    {
        var clock = new Stopwatch();
        long every = _request.Checkpoints.Every ?? DefaultCheckpointEvery;
        long piece = FirstPiece;
        var recordings = new Recordings(_network);
        while (TicksDone < _ticks && !stop.IsCancellationRequested)
        {
            long from = TicksDone;
            long to = Math.Min(_ticks, from + piece);
            if (_checkpoints is not null) to = Math.Min(to, (from / every + 1) * every);
            double before = clock.Elapsed.TotalSeconds;
            clock.Start();
            _mesh.RunTo(to - 1, stop);
            clock.Stop();
            _seconds = _secondsBefore + clock.Elapsed.TotalSeconds;
            double pace = (TicksDone - from) / Math.Max(clock.Elapsed.TotalSeconds - before, 1e-6);
            if (to - from >= piece / 2) piece = Math.Clamp((long)(pace * SecondsPerPiece), 1, 4 * piece);
            recordings.Add(_mesh.TakeRecordings());
            double simulated = (TicksDone - _ticksBefore) * _network.TimeStepMs * 1e-3;
            observer.Progress(new SimulationProgress(TicksDone, _ticks, _network.TimeStepMs, _seconds, simulated / Math.Max(_seconds - _secondsBefore, 1e-9)));
            _checkpoints?.Report(observer);
            if (TicksDone % every == 0) Save(observer);
        }
        Save(observer);
        _checkpoints?.End(TicksDone < _ticks ? RunStatus.Stopped : RunStatus.Done, observer);
        recordings.Add(_mesh.TakeRecordings());
        return ResultOf(recordings);
    }

    public void Dispose()
    {
        _checkpoints?.Dispose();
        _mesh.Dispose();
    }

    /// <summary>
    /// The network with a counter of spikes for every population, beside its own probes; when recorded, also with a probe of the spikes of those that have none.
    /// </summary>
    private static (Network, string[]) WithProbes(Network network, bool recorded)
    {
        var builder = new NetworkBuilder(network);
        var taken = network.Probes.Select(p => p.Name).ToHashSet();
        string Free(string name)
        {
            while (taken.Contains(name)) name += "'";
            return name;
        }
        foreach (var population in network.Populations.Where(p => recorded && !network.Probes.Any(probe => probe is SpikeProbe && probe.Population == p.Name)))
            builder.AddProbe(new SpikeProbe(Free($"spikes of {population.Name}"), population.Name, TickFilter.EveryTick));
        string[] counters = [.. network.Populations.Select(p => Free($"counter {p.Index}"))];
        foreach (var population in network.Populations) builder.AddProbe(new SpikeCountProbe(counters[population.Index], population.Name, 1));
        return (builder.Build(), counters);
    }

    private long TicksOf(SimulationRequest request, Checkpoint? checkpoint)
    {
        if (request.Ticks is not null && request.Ms is not null) throw new UsageException("--ms and --ticks say the same; give one of them");
        double step = _network.TimeStepMs;
        long ticks = request.Ticks ?? checkpoint?.RequireOfRun<long>("ticks") ?? (long)Math.Max(1, Math.Round(DefaultMs / step));
        if (request.Ms is { } ms)
        {
            double exact = ms / step;
            if (!(exact > 0.5 && exact < 1e15) || Math.Abs(exact - Math.Round(exact)) > 1e-6)
                throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--ms {ms}: give a whole number of ticks of {step} ms, at least one"));
            ticks = (long)Math.Round(exact);
        }
        if (checkpoint is not null && ticks <= checkpoint.Tick)
            throw new UsageException($"--ticks {ticks}: the run in {checkpoint.Name.Store} has run {checkpoint.Tick + 1} already; give at least as many");
        return ticks;
    }

    private Placement Place()
    {
        // A thread without a core of its own would have nothing to do; more threads than processors gain nothing.
        long threads = Math.Min(_request.Threads ?? 1, Math.Max(1, Math.Min(_network.NeuronCount, MostThreadsPerProcessor * Environment.ProcessorCount)));
        var placement = Placer.Place(_network, new PlacementOptions(_request.Cores, Workers: (int)threads));
        MemoryCheck.Require(placement, _ticks);
        return placement;
    }

    private void Save(IRunObserver observer) => _checkpoints?.Save(
        _mesh, new JsonObject { ["network"] = _request.Choice.Network, ["ticks"] = _ticks, ["seconds"] = _seconds }, samples: null, observer);

    private SimulationResult ResultOf(Recordings recordings)
    {
        var state = _mesh.Capture();
        bool interrupted = TicksDone < _ticks;
        var populations = _network.Populations
            .Select(p => new PopulationResult(p.Name, p.Model.Name, p.Model.IsSource, p.Size, recordings.Counts(_counters[p.Index])[0])).ToList();
        return new SimulationResult
        {
            Name = _network.Name,
            Seed = _network.Seed,
            TimeStepMs = _network.TimeStepMs,
            Ticks = TicksDone,
            Neurons = _network.NeuronCount,
            Synapses = _network.Projections.Sum(p => NetworkDescription.SynapsesOf(_network, p)),
            Populations = populations,
            SynapticEvents = state.SynapticEvents,
            Seconds = _seconds,
            BuildSeconds = _buildSeconds,
            StateHash = state.Hash(),
            Cores = _mesh.Placement.Cores.Length,
            Threads = _mesh.Threads,
            Engine = _engine,
            Recording = _request.Recorded ? recordings.Between(_ticksBefore, _mesh.Tick, state) : null,
            Mesh = _request.Recorded ? MeshOverviews.Of(_mesh.Placement, _mesh.Traffic, _ => null) : null,
            Packets = _mesh.Traffic.Packets,
            PacketBytes = _mesh.Traffic.Bytes,
            Interrupted = interrupted,
            Checkpoint = _checkpoints?.Last,
            ResumeCommand = interrupted && _checkpoints is { Last: not null } ? ResumeCommand(_checkpoints) : null,
        };
    }

    private string ResumeCommand(RunCheckpoints checkpoints)
    {
        var choice = _request.Choice;
        var command = new ShellCommand("actorsnn", "run", choice.Network);
        checkpoints.AddTo(command);
        void Add(string option, object? value)
        {
            if (value is not null) command.Add(option, string.Create(CultureInfo.InvariantCulture, $"{value}"));
        }
        Add("--neurons", choice.Neurons);
        Add("--delay", choice.DelayMs);
        Add("--degree", choice.Degree);
        Add("--seed", choice.Seed);
        Add("--cores", _request.Cores);
        Add("--threads", _request.Threads);
        if (_request.Update != UpdateStrategy.Auto) Add("--update", $"{_request.Update}".ToLowerInvariant());
        return command.ToString();
    }
}
