using System.Diagnostics;
using ActorSnn.Cores;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Faults;

namespace ActorSnn.Cli.Hosts;

/// <summary>
/// A network in free timing in this process. It runs in one go to the tick it is advanced towards, in the background: pieces would let cores that have fallen behind catch up
/// between them.
/// </summary>
internal sealed class FreeRun(IMesh mesh) : INetworkRun
{
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(0.25);

    private readonly Stopwatch _clock = new();
    private Task? _running;
    private long _goal = -1;

    public Placement Placement => mesh.Placement;

    public int Threads => mesh.Threads;

    /// <summary>While it runs it is not seen at its goal, where it will stand still.</summary>
    public long Tick => _running is null ? mesh.Tick : Math.Min(mesh.Tick, _goal - 1);

    public double Seconds => _clock.Elapsed.TotalSeconds;

    public MeshTraffic? Traffic => mesh.Traffic;

    public FreeFigures? Free => mesh.Free;

    public bool IsElsewhere => false;

    public ClusterFigures? Figures => null;

    public IFaultTarget Breakable(IReadOnlyList<(string Alias, string Name)>? nodes) => throw new NotSupportedException("nothing in free timing can be broken");

    public void Advance(long tick, CancellationToken stop)
    {
        if (_running is null)
        {
            _goal = tick;
            _clock.Start();
            _running = Task.Factory.StartNew(() => mesh.RunTo(tick, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        if (Task.WaitAny([_running], Glance) == 0 || stop.IsCancellationRequested) Settle();
    }

    public NetworkState Capture()
    {
        Settle();
        return mesh.Capture();
    }

    public Recordings TakeRecordings() => _running is null ? mesh.TakeRecordings() : new Recordings(mesh.Placement.Network);

    public void Dispose()
    {
        // Whoever leaves it under way has failed, or has stopped it.
        _running?.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        mesh.Dispose();
    }

    /// <summary>Waits until all cores stand still.</summary>
    private void Settle()
    {
        if (_running is not { } running) return;
        running.GetAwaiter().GetResult();
        _clock.Stop();
        _running = null;
    }
}
