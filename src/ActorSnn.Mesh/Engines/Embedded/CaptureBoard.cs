using ActorSnn.Cores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh.Embedded;

/// <summary>
/// Collects the states of some cores at the ticks of checkpoints, each as it gets there, while the others go on. Cores are at different ticks at any moment; what they leave here is of one same tick.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="schedule">The ticks.</param>
/// <param name="cores">How many cores there are.</param>
/// <param name="completed">Called on the thread of the last core to get there.</param>
internal sealed class CaptureBoard(Network network, CheckpointSchedule schedule, int cores, Action<NetworkState, Recordings> completed)
{
    private readonly Dictionary<long, Pending> _pending = [];
    private CheckpointSchedule _schedule = schedule;

    /// <summary>The ticks. Its last one may move on; a core that has gone past its last tick never did so without asking here.</summary>
    public CheckpointSchedule Schedule
    {
        get => Volatile.Read(ref _schedule);
        set => Volatile.Write(ref _schedule, value);
    }

    /// <summary>Takes a core's share, at a tick of the schedule.</summary>
    public void Add(NeuronCore core)
    {
        Pending? pending;
        lock (_pending)
        {
            if (!_pending.TryGetValue(core.Tick, out pending))
                _pending[core.Tick] = pending = new Pending(new NetworkState(network, core.Tick), new Recordings(network));
            core.AddTo(pending.State);
            core.MoveTo(pending.Recordings);
            if (++pending.Cores < cores) return;
            _pending.Remove(core.Tick);
        }
        completed(pending.State, pending.Recordings);
    }

    private sealed class Pending(NetworkState state, Recordings recordings)
    {
        public NetworkState State { get; } = state;

        public Recordings Recordings { get; } = recordings;

        public int Cores { get; set; }
    }
}
