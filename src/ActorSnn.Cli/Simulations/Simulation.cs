using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Output;
using ActorSnn.Cli.Systems;
using ActorSnn.Cores;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Cluster;
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

    public TimingRequest Timing { get; init; } = TimingRequest.Exact;

    /// <summary>Whether the spikes of all populations are recorded, beside what the network's own probes see.</summary>
    public bool Recorded { get; init; }

    public CheckpointRequest Checkpoints { get; init; } = new();
}

/// <summary>Has a network run by a host, with checkpoints in between where the host leaves them to this process.</summary>
internal sealed class Simulation : IDisposable
{
    /// <summary>The command, as it is noted with a run.</summary>
    public const string Command = "run";

    private const int DefaultCheckpointEvery = 10_000;
    private const double DefaultMs = 1000;
    private const int MostThreadsPerProcessor = 4;

    private readonly SimulationRequest _request;
    private readonly Network _network;
    private readonly ImmutableArray<string> _counters;
    private readonly INetworkRun _run;
    private readonly string _engine;
    private readonly RunCheckpoints? _checkpoints;
    private readonly long _ticks;
    private readonly double _buildSeconds;
    private readonly double _secondsBefore;
    private readonly long _ticksBefore;

    /// <summary>Builds the network, before its first tick or where its checkpoint stands.</summary>
    /// <exception cref="UsageException">The request cannot be met; nothing has been written.</exception>
    /// <exception cref="NetworkException">The file holds no network.</exception>
    /// <exception cref="ArchiveException">There are checkpoints, but none can be used.</exception>
    private Simulation(SimulationRequest request, INetworkHost host, IRunObserver observer)
    {
        _request = request;
        _checkpoints = host.OpenCheckpoints(request.Checkpoints, observer);
        var checkpoint = _checkpoints?.Resumed;
        (_network, _counters) = WithProbes(host.Prepare(request.Timing.ApplyTo(request.Choice.Load()), samples: null), request.Recorded);
        if (checkpoint is not null && checkpoint.NetworkHash != _network.Hash)
            throw new UsageException($"{checkpoint.Name} is of another network than {request.Choice.Network} as given; resume with the same network and options");
        _ticks = TicksOf(request, checkpoint);
        RequestedCores.Require(_network, request.Cores);
        _checkpoints?.Begin(new JsonObject { ["command"] = Command, ["network"] = request.Choice.Network });
        var state = checkpoint?.StateOf(_network);
        _secondsBefore = checkpoint?.RequireOfRun<double>("seconds") ?? 0;
        long start = Stopwatch.GetTimestamp();
        _run = host.Begin(_network, PlanOf(request), state, observer);
        _engine = host.Engine;
        _buildSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        _ticksBefore = TicksDone;
    }

    /// <summary>Follows a run that has been submitted.</summary>
    /// <param name="run">The run.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="engine">What runs it.</param>
    /// <param name="recorded">Whether to show what was recorded.</param>
    /// <exception cref="UsageException">Nothing was recorded.</exception>
    public Simulation(INetworkRun run, RunPlan plan, string engine, bool recorded)
    {
        var about = plan.About ?? [];
        if (recorded && about["recorded"]?.GetValue<bool>() != true)
            throw new UsageException($"{RunFiles.RecordOption} and {RunFiles.ReportOption} need a run that was submitted with one of them; this one records nothing for them");
        _request = new SimulationRequest { Choice = new NetworkChoice { Network = run.Placement.Network.Name }, Recorded = recorded };
        (_run, _network, _engine, _ticks) = (run, run.Placement.Network, engine, plan.LastTick + 1);
        _counters = [.. (about["counters"] as JsonArray ?? []).Select(c => c!.GetValue<string>())];
        if (_counters.Length != _network.Populations.Count()) throw new UsageException("that run counts no spikes; another kind of program has submitted it");
    }

    private FreeTiming? Free => _request.Timing.FreeOf(_network);

    private long TicksDone => _run.Tick + 1;

    private double Seconds => _secondsBefore + _run.Seconds;

    /// <summary>Builds a simulation; an interruption meanwhile ends the process, since nothing would be kept.</summary>
    /// <inheritdoc cref="Simulation(SimulationRequest, INetworkHost, IRunObserver)"/>
    public static Simulation Build(SimulationRequest request, INetworkHost host, IRunObserver observer, Interruption interruption)
    {
        using var leaving = interruption.LeaveAtOnce("building the network");
        return new Simulation(request, host, observer);
    }

    /// <summary>Runs to the end, or until stopped. With checkpoints, the last one is of where it stopped.</summary>
    /// <exception cref="CoreFailedException">A core threw.</exception>
    /// <exception cref="IOException">A checkpoint could not be written.</exception>
    /// <exception cref="LeftRunException">On a cluster, the run goes on or has ended without this process.</exception>
    public SimulationResult Run(IRunObserver observer, CancellationToken stop)
    {
        long every = _request.Checkpoints.Every ?? DefaultCheckpointEvery;
        var recordings = new Recordings(_network);
        while (TicksDone < _ticks && (!stop.IsCancellationRequested || _run.IsElsewhere))
        {
            long to = _checkpoints is null ? _ticks : Math.Min(_ticks, (TicksDone / every + 1) * every);
            _run.Advance(to - 1, stop);
            recordings.Add(_run.TakeRecordings());
            double simulated = (TicksDone - _ticksBefore) * _network.TimeStepMs * 1e-3;
            observer.Progress(new SimulationProgress(TicksDone, _ticks, _network.TimeStepMs, Seconds, simulated / Math.Max(_run.Seconds, 1e-9)));
            _checkpoints?.Report(observer);
            if (TicksDone % every == 0) Save(observer);
        }
        Save(observer);
        _checkpoints?.End(TicksDone < _ticks ? RunStatus.Stopped : RunStatus.Done, observer);
        recordings.Add(_run.TakeRecordings());
        return ResultOf(recordings);
    }

    public void Dispose()
    {
        _checkpoints?.Dispose();
        _run.Dispose();
    }

    /// <summary>
    /// The network with a counter of spikes for every population, beside its own probes; when recorded, also with a probe of the spikes of those that have none.
    /// </summary>
    private static (Network, ImmutableArray<string>) WithProbes(Network network, bool recorded)
    {
        var builder = new NetworkBuilder(network);
        var taken = network.Probes.Select(p => p.Name).ToHashSet();
        string Unused(string name)
        {
            while (taken.Contains(name)) name += "'";
            return name;
        }
        foreach (var population in network.Populations.Where(p => recorded && !network.Probes.Any(probe => probe is SpikeProbe && probe.Population == p.Name)))
            builder.AddProbe(new SpikeProbe(Unused($"spikes of {population.Name}"), population.Name, TickFilter.EveryTick));
        ImmutableArray<string> counters = [.. network.Populations.Select(p => Unused($"counter {p.Index}"))];
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

    private NetworkPlan PlanOf(SimulationRequest request)
    {
        long every = request.Checkpoints.Every ?? DefaultCheckpointEvery;
        return new NetworkPlan
        {
            Name = RunNameOf(request.Choice),
            LastTick = _ticks - 1,
            FirstCheckpoint = every - 1,
            CheckpointEvery = every,
            Cores = request.Cores,
            Threads = request.Threads,
            // A thread without a core of its own would have nothing to do; more threads than processors gain nothing.
            Workers = (int)Math.Min(request.Threads ?? (Free is null ? 1 : Environment.ProcessorCount), Math.Max(1, Math.Min(_network.NeuronCount, MostThreadsPerProcessor * Environment.ProcessorCount))),
            Update = request.Update,
            Free = Free,
            About = new JsonObject
            {
                ["command"] = Command,
                ["network"] = request.Choice.Network,
                ["recorded"] = request.Recorded,
                ["counters"] = new JsonArray([.. _counters.Select(c => (JsonNode)c)]),
            },
        };
    }

    /// <summary>What the run is called on a cluster: after the built-in network or the file, as far as names of runs allow.</summary>
    private static string RunNameOf(NetworkChoice choice)
    {
        string name = new([.. Path.GetFileNameWithoutExtension(choice.Network).Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_').Take(60)]);
        return name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) ? name : Command;
    }

    private void Save(IRunObserver observer) => _checkpoints?.Save(
        _run, new JsonObject { ["network"] = _request.Choice.Network, ["ticks"] = _ticks, ["seconds"] = Seconds }, samples: null, observer);

    private SimulationResult ResultOf(Recordings recordings)
    {
        var state = _run.Capture();
        bool interrupted = TicksDone < _ticks;
        var populations = _network.Populations
            .Select(p => new PopulationResult(p.Name, p.Model.Name, p.Model.IsSource, p.Size, state.ProbeCounts[_counters[p.Index]][0])).ToList();
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
            Seconds = Seconds,
            BuildSeconds = _buildSeconds,
            StateHash = state.Hash(),
            Cores = _run.Placement.Cores.Length,
            Threads = _run.Threads,
            Engine = _engine,
            Recording = _request.Recorded ? recordings.Between(_ticksBefore, _run.Tick, state) : null,
            Mesh = _request.Recorded ? MeshOverviews.Of(_run.Placement, _run.Traffic, _ => null) : null,
            Packets = _run.Traffic?.Packets,
            PacketBytes = _run.Traffic?.Bytes,
            Timing = TimingResult.Of(_network, Free, _run.Free),
            Cluster = _run.Figures,
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
        foreach (string word in _request.Timing.Options) command.Add(word);
        if (_request.Update != UpdateStrategy.Auto) Add("--update", $"{_request.Update}".ToLowerInvariant());
        return command.ToString();
    }
}
