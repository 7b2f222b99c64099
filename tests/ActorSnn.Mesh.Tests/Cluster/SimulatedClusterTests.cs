using ActorSnn.Cores;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;
using ActorSnn.Tests;
using Xunit.Abstractions;

namespace ActorSnn.Mesh.Tests.Cluster;

/// <summary>Whatever goes wrong in a cluster, a run ends with the state hash and the recordings of an undisturbed one.</summary>
public class SimulatedClusterTests(ITestOutputHelper output)
{
    [Fact]
    public void An_undisturbed_run_ends_as_in_one_process()
    {
        for (int seed = 0; seed < 20; seed++) new SimulatedRun(seed, isDisturbed: false).Run();
    }

    [Theory]
    [InlineData(0)]
    public void A_disturbed_run_ends_as_in_one_process(int part)
    {
        int count = int.Parse(Environment.GetEnvironmentVariable("ACTORSNN_SCHEDULES") ?? "200");
        var crashes = new long[Enum.GetValues<CrashPoint>().Length];
        var faults = new long[Enum.GetValues<FaultKind>().Length];
        for (int seed = part * count; seed < (part + 1) * count; seed++)
        {
            var run = new SimulatedRun(seed, isDisturbed: true);
            run.Run();
            for (int i = 0; i < crashes.Length; i++) crashes[i] += run.Faults.Crashes[i];
            for (int i = 0; i < faults.Length; i++) faults[i] += run.Faults.Faults[i];
        }
        foreach (var point in Enum.GetValues<CrashPoint>()) output.WriteLine($"crash {point}: {crashes[(int)point]}");
        foreach (var kind in Enum.GetValues<FaultKind>()) output.WriteLine($"{kind}: {faults[(int)kind]}");
    }
}

/// <summary>One run of a random network on a simulated cluster, all drawn from a seed.</summary>
internal sealed class SimulatedRun
{
    private const string Name = "run";
    private readonly int _seed;
    private readonly Network _network;
    private readonly RunPlan _plan;
    private readonly SimulatedCluster _cluster;
    private readonly bool _isDisturbed;

    public SimulatedRun(int seed, bool isDisturbed)
    {
        (_seed, _isDisturbed) = (seed, isDisturbed);
        var random = new Random(~seed);
        _network = random.Next(3) == 0 ? RandomRealNetworks.Make(seed, probes: true, maxSize: 40) : RandomNetworks.Make(seed, probes: true, maxSize: 40);
        int every = random.Next(15, 60);
        _plan = new RunPlan
        {
            LastTick = random.Next(60, 250),
            FirstCheckpoint = random.Next(every),
            CheckpointEvery = every,
            KeptTicks = random.Next(3) == 0 ? [random.Next(10, 60)] : [],
            Cores = random.Next(2, 8),
            RunAhead = _network.MaxDelay + 1 + random.Next(20),
        };
        Faults = new SimulatedFaults();
        _cluster = new SimulatedCluster(seed, random.Next(2, 6), Faults);
        _cluster.Store.CreateRun(Name, _plan.ToJson(), NetworkBytes.Write(_network));
        if (isDisturbed) Faults.Plan(_cluster, Name, 2500);
    }

    public SimulatedFaults Faults { get; }

    public void Run()
    {
        try
        {
            bool isDone = _cluster.RunUntil(() => _cluster.Store.FindRun(Name)!.Status is RunStatus.Done or RunStatus.Failed, 60_000);
            Assert.True(isDone, "the run hangs");
            Assert.Equal(RunStatus.Done, _cluster.Store.FindRun(Name)!.Status);
            CheckResult();
        }
        catch (Exception cause)
        {
            string history = string.Join('\n', [.. _cluster.History.TakeLast(60), .. _cluster.Nodes.Select(n => n.ToString())]);
            throw new Xunit.Sdk.XunitException($"seed {_seed}{(_isDisturbed ? ", disturbed" : "")}: {cause}\n{history}", cause);
        }
    }

    private void CheckResult()
    {
        var core = new NeuronCore(Placer.Place(_network, new PlacementOptions(Cores: 1)), 0, runAhead: 1);
        while (core.Tick < _plan.LastTick) core.Step();
        var expected = new NetworkState(_network, _plan.LastTick);
        core.AddTo(expected);
        var expectedRecordings = new Recordings(_network);
        core.MoveTo(expectedRecordings);

        var manifests = _cluster.Store.Checkpoints(Name);
        var state = new NetworkState(_network, _plan.LastTick);
        Assert.Equal(_plan.LastTick, manifests[0].Tick);
        foreach (var part in manifests[0].Parts.Where(p => p.Key.Kind == PartKind.State)) StatePart.MergeInto(state, _cluster.Store.ReadPart(Name, part), "part");
        Assert.Equal(expected.Hash(), state.Hash());
        Assert.Equal(expected.SynapticEvents, state.SynapticEvents);
        foreach (var (probe, counts) in expected.ProbeCounts) Assert.Equal(counts, state.ProbeCounts[probe]);

        var recordings = new Recordings(_network);
        foreach (var manifest in manifests.Reverse())
        {
            foreach (var part in manifest.Parts.Where(p => p.Key.Kind == PartKind.Records))
                RecordsPart.AddTo(recordings, _cluster.Store.ReadPart(Name, part), "records");
        }
        foreach (var probe in _network.Probes)
        {
            switch (probe)
            {
                case SpikeProbe: Assert.Equal(expectedRecordings.Spikes(probe.Name), recordings.Spikes(probe.Name)); break;
                case PotentialProbe: Assert.Equal(expectedRecordings.Potentials(probe.Name), recordings.Potentials(probe.Name)); break;
            }
        }
    }
}
