using ActorSnn.Mesh.Embedded;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Mesh.Cluster;

/// <summary>What a node asks of the world around it. Nothing here blocks; answers come later, one at a time.</summary>
internal interface INodeWorld
{
    /// <summary>Does something with the store elsewhere, then answers.</summary>
    /// <typeparam name="T">What comes of it.</typeparam>
    /// <param name="errand">What it is about. Errands of one kind are done in order.</param>
    /// <param name="work">What to do; on another thread.</param>
    /// <param name="answer">Is told the time, and what came of it or what was thrown.</param>
    void Ask<T>(Errand errand, Func<IRunStore, T> work, Action<long, T?, Exception?> answer);

    /// <summary>Lets cores run from now on.</summary>
    void Run(CoreGroup group);

    /// <summary>Threads that run them, or will.</summary>
    int ThreadsOf(CoreGroup group) => group.Threads;

    /// <summary>Stops cores for good.</summary>
    void Halt(CoreGroup group);

    /// <summary>Makes something happen on the node's own time; may be called from any thread.</summary>
    void Post(Action<long> happening);

    /// <summary>Tries to connect to a node. The node is told when a connection is there, or that there will be none.</summary>
    void Dial(string node);

    /// <summary>Sends a frame over a connection.</summary>
    void Transmit(long connection, ReadOnlySpan<byte> frame);

    /// <summary>Closes a connection.</summary>
    void Close(long connection);

    /// <summary>Breaks the process the node runs in, as soon as what was said before has been sent.</summary>
    /// <param name="what">How.</param>
    /// <param name="seconds">Of a freeze: how long it lasts.</param>
    /// <returns>False when the process is not the node's alone: nothing happens.</returns>
    bool Break(NodeFaultKind what, double seconds);

    /// <summary>Says something to whoever looks after the node.</summary>
    void Log(string line);

    /// <summary>Name of the engine that connects the nodes.</summary>
    string Engine => "tcp";

    /// <summary>How a message to another node is written; <see cref="Decode"/> reads it.</summary>
    byte[] Encode(ControlMessage message) => message.ToBytes();

    /// <summary>Reads a message of another node; null when it is none.</summary>
    ControlMessage? Decode(ReadOnlySpan<byte> bytes) => ControlMessage.TryRead(bytes);

    /// <summary>Is told what this node's coordinator has decided, once the store has taken it.</summary>
    void Decided(RunDecision decision)
    {
    }
}

/// <summary>What a node asks the store for.</summary>
internal enum Errand
{
    /// <summary>The lease.</summary>
    Lease,

    /// <summary>What runs there are, and how they stand.</summary>
    Runs,

    /// <summary>A new epoch.</summary>
    Epoch,

    /// <summary>Building cores from the network and a checkpoint.</summary>
    Build,

    /// <summary>Writing a node's parts of a checkpoint.</summary>
    Parts,

    /// <summary>Committing a checkpoint.</summary>
    Commit,

    /// <summary>Removing what is no longer needed.</summary>
    Prune,

    /// <summary>What a client wants to read.</summary>
    Read,
}
