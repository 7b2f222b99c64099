using ActorSnn.Cores;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Mesh.Tests.Cluster;

/// <summary>Runs of random networks on a simulated cluster, and what goes wrong on the way, all drawn from a seed.</summary>
internal sealed class SimulatedSchedule
{
    private readonly int _seed;
    private readonly bool _isDisturbed;
    private readonly SimulatedCluster _cluster;
    private readonly List<SimulatedUser> _users = [];

    public SimulatedSchedule(int seed, bool isDisturbed)
    {
        (_seed, _isDisturbed) = (seed, isDisturbed);
        var random = new Random(~seed);
        Faults = new SimulatedFaults();
        int nodes = 1 + random.Next(6);
        _cluster = new SimulatedCluster(seed, nodes, random.Next(2) == 0 ? random.Next(nodes) : 0, Faults);
        for (int users = random.Next(3) > 0 ? 1 : random.Next(2, 4), i = 0; i < users; i++)
        {
            var user = MakeUser(i, random);
            _users.Add(user);
            user.Begin(i == 0 ? random.Next(50) : random.Next(1000));
        }
        if (isDisturbed) Faults.Plan(_cluster, 600 + random.Next(1200), run => _users.Single(u => u.Owns(run)).FinalTick);
    }

    public SimulatedFaults Faults { get; }

    /// <summary>Recoveries of all runs, as the store knows them.</summary>
    public int Recoveries => _users.SelectMany(u => u.Runs).Sum(r => RunNotes.TryRead(r.Notes)?.History.Recoveries ?? 0);

    /// <summary>Lets one core throw, once, as soon as one runs after some time.</summary>
    public void FailOneCore(long after) => _cluster.At(after, () =>
    {
        if (!_cluster.Nodes[_cluster.Random.Next(_cluster.Nodes.Count)].FailCore(_cluster.Random)) FailOneCore(1);
    });

    public IReadOnlyList<string> History => _cluster.History;

    /// <summary>Lets it happen, and checks what came of it.</summary>
    /// <exception cref="Xunit.Sdk.XunitException">Something is wrong; the message names the seed and ends with what happened last.</exception>
    public void Run()
    {
        try
        {
            Assert.True(_cluster.RunUntil(() => _users.All(u => u.IsContent), 60_000), "a run hangs");
            foreach (var user in _users)
            {
                // One whose submission was answered too late, or not at all, is there twice.
                foreach (var run in user.Runs) CheckResult(user, run);
            }
        }
        catch (Exception cause)
        {
            string history = string.Join('\n', [.. _cluster.History.TakeLast(60), .. _cluster.Nodes.Select(n => n.ToString()), .. _users.Select(u => u.ToString())]);
            throw new Xunit.Sdk.XunitException($"seed {_seed}{(_isDisturbed ? ", disturbed" : "")}: {cause}\n{history}", cause);
        }
    }

    private SimulatedUser MakeUser(int number, Random random)
    {
        int seed = random.Next();
        var network = random.Next(6) switch
        {
            0 or 1 => RandomRealNetworks.Make(seed, probes: true, maxSize: 20),
            2 => RandomSteppedNetworks.Make(seed, probes: true, maxSize: 20),
            _ => RandomNetworks.Make(seed, probes: true, maxSize: 20),
        };
        int every = random.Next(15, 60);
        long last = random.Next(40, 200);
        bool isOpen = random.Next(4) == 0;
        var laterTicks = new long[isOpen ? random.Next(1, 4) : 0];
        for (int i = 0; i < laterTicks.Length; i++) laterTicks[i] = (i == 0 ? last : laterTicks[i - 1]) + 1 + random.Next(60);
        var plan = new RunPlan
        {
            LastTick = last,
            FirstCheckpoint = random.Next(every),
            CheckpointEvery = every,
            KeptTicks = random.Next(3) == 0 ? [random.Next(10, 40)] : [],
            Cores = random.Next(1, 13),
            RunAhead = network.MaxDelay + 1 + random.Next(20),
            IsOpen = isOpen,
        };
        return new SimulatedUser(_cluster, $"user{number}", network, plan, laterTicks, random.Next(4) == 0);
    }

    private void CheckResult(SimulatedUser user, RunRecord run)
    {
        var network = user.Network;
        var manifests = _cluster.Store.Checkpoints(run.Name);
        Assert.Equal(user.FinalTick, manifests[0].Tick);

        var core = new NeuronCore(Placer.Place(network, new PlacementOptions(Cores: 1)), 0, runAhead: 1);
        while (core.Tick < user.FinalTick) core.Step();
        var expected = new NetworkState(network, user.FinalTick);
        core.AddTo(expected);
        var expectedRecordings = new Recordings(network);
        core.MoveTo(expectedRecordings);

        var state = StateOf(network, run.Name, manifests[0]);
        Assert.Equal(expected.Hash(), state.Hash());
        Assert.Equal(expected.SynapticEvents, state.SynapticEvents);
        foreach (var (probe, counts) in expected.ProbeCounts) Assert.Equal(counts, state.ProbeCounts[probe]);

        var recordings = new Recordings(network);
        foreach (var manifest in manifests.Reverse())
        {
            foreach (var part in manifest.Parts.Where(p => p.Key.Kind == PartKind.Records))
                RecordsPart.AddTo(recordings, _cluster.Store.ReadPart(run.Name, part), "records");
        }
        foreach (var probe in network.Probes)
        {
            switch (probe)
            {
                case SpikeProbe: Assert.Equal(expectedRecordings.Spikes(probe.Name), recordings.Spikes(probe.Name)); break;
                case PotentialProbe: Assert.Equal(expectedRecordings.Potentials(probe.Name), recordings.Potentials(probe.Name)); break;
            }
        }
        if (_cluster.Store.WasDamaged(run.Name)) return;
        // Pruning leaves the one before, and those that somebody wants to look at.
        for (int i = 1; i < manifests.Count; i++)
        {
            if (i == 1 || user.Plan.KeptTicks.Contains(manifests[i].Tick)) StateOf(network, run.Name, manifests[i]);
        }
        long redone = RunNotes.TryRead(run.Notes)?.History.TicksRedone ?? 0;
        Assert.True(redone <= user.MostTicksRedone, $"{redone} ticks were redone, of {user.MostTicksRedone} at most");
    }

    private NetworkState StateOf(Network network, string run, CheckpointManifest manifest)
    {
        var state = new NetworkState(network, manifest.Tick);
        foreach (var part in manifest.Parts.Where(p => p.Key.Kind == PartKind.State)) StatePart.MergeInto(state, _cluster.Store.ReadPart(run, part), "part");
        return state;
    }
}
