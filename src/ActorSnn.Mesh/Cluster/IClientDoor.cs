using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Cluster;

/// <summary>Where clients of a cluster come in, on nodes whose connections to each other are somebody else's business. What clients say is the same on every engine.</summary>
public interface IClientDoor : IDisposable
{
    /// <summary>Where it listens, HOST:PORT: how clients, and with them people, call the node.</summary>
    string Address { get; }

    /// <summary>Lets clients in from now on.</summary>
    /// <param name="identity">How the node names itself to them.</param>
    /// <param name="visitors">Is told about them, on a thread of the door's.</param>
    void Open(PeerIdentity identity, IDoorVisitors visitors);

    /// <summary>Sends a frame to a client, if it is still there; from any thread.</summary>
    /// <param name="client">Its number.</param>
    /// <param name="frame">The frame; copied.</param>
    void Transmit(long client, ReadOnlySpan<byte> frame);

    /// <summary>Sends a client away, after what was sent to it; from any thread.</summary>
    /// <param name="client">Its number.</param>
    void Close(long client);
}

/// <summary>Is told about clients at a door, one thing at a time.</summary>
public interface IDoorVisitors
{
    /// <summary>A client has proved itself.</summary>
    /// <param name="client">Its number, from 1; never the same again.</param>
    /// <param name="identity">Who it is.</param>
    void Entered(long client, PeerIdentity identity);

    /// <summary>A client has said something.</summary>
    /// <param name="client">Its number.</param>
    /// <param name="frame">What, its tag checked.</param>
    void Said(long client, byte[] frame);

    /// <summary>A client has gone.</summary>
    /// <param name="client">Its number.</param>
    void Left(long client);
}
