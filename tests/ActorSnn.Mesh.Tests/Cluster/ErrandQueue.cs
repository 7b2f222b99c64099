using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Mesh.Tests.Cluster;

/// <summary>A world in which nothing happens but errands to a store, each when the test says so. Keeps what coordinators send.</summary>
internal sealed class ErrandQueue : INodeWorld, ICoordinatorOutbox
{
    private readonly List<(Errand Errand, Action<StoreException?> Do)> _waiting = [];

    public ErrandQueue() => Store = new MemoryStore(() => Now);

    public long Now { get; set; }

    public MemoryStore Store { get; }

    public List<(string Node, ControlMessage Message)> Sent { get; } = [];

    public List<string> Lines { get; } = [];

    public List<RunDecision> Decisions { get; } = [];

    /// <summary>Kinds of the errands that wait, oldest first.</summary>
    public IEnumerable<Errand> Waiting => _waiting.Select(w => w.Errand);

    /// <summary>Does the oldest errand of a kind.</summary>
    /// <param name="errand">The kind.</param>
    /// <param name="lostAnswer">What the asker is told in place of what came of it; null for the truth.</param>
    public void Do(Errand errand, StoreException? lostAnswer = null)
    {
        int i = _waiting.FindIndex(w => w.Errand == errand);
        Assert.True(i >= 0, $"nobody asks for {errand}, but for {string.Join(", ", Waiting)}");
        var next = _waiting[i];
        _waiting.RemoveAt(i);
        next.Do(lostAnswer);
    }

    void INodeWorld.Ask<T>(Errand errand, Func<IRunStore, T> work, Action<long, T?, Exception?> answer) where T : default => _waiting.Add((errand, lost =>
    {
        T? result = default;
        Exception? failure = null;
        try
        {
            result = work(Store);
        }
        catch (Exception e)
        {
            failure = e;
        }
        if (lost is null) answer(Now, result, failure);
        else answer(Now, default, lost);
    }));

    void ICoordinatorOutbox.Send(string node, ControlMessage message) => Sent.Add((node, message));

    void INodeWorld.Decided(RunDecision decision) => Decisions.Add(decision);

    void INodeWorld.Log(string line) => Lines.Add(line);

    void INodeWorld.Run(CoreGroup group)
    {
    }

    void INodeWorld.Halt(CoreGroup group)
    {
    }

    void INodeWorld.Post(Action<long> happening) => happening(Now);

    void INodeWorld.Dial(string node)
    {
    }

    void INodeWorld.Transmit(long connection, ReadOnlySpan<byte> frame)
    {
    }

    bool INodeWorld.Break(NodeFaultKind what, double seconds) => false;

    void INodeWorld.Close(long connection)
    {
    }
}
