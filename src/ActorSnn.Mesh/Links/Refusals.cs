namespace ActorSnn.Mesh.Links;

/// <summary>Why a connection was refused or given up.</summary>
public enum Refusal
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>The length of a frame is out of bounds.</summary>
    Length,

    /// <summary>The tag of a frame is wrong: changed, repeated, left out or put in on the way.</summary>
    Seal,

    /// <summary>What arrived is no step of the handshake that was due.</summary>
    Malformed,

    /// <summary>The peer speaks another version of the protocol.</summary>
    Version,

    /// <summary>We have a secret, the peer wants none.</summary>
    PeerWithoutSecret,

    /// <summary>The peer wants a secret, we have none.</summary>
    OwnSecretMissing,

    /// <summary>The peer could not prove that it knows the secret.</summary>
    WrongSecret,

    /// <summary>The peer is this very process.</summary>
    Itself,

    /// <summary>The peer is a node with another store.</summary>
    OtherStore,

    /// <summary>The node did not want this peer.</summary>
    NotAdmitted,

    /// <summary>The connection ended, or took too long, before the handshake was through.</summary>
    Unfinished,
}

/// <summary>Counts what was refused, for all connections of a node; may be shared by threads.</summary>
public sealed class RefusalCounters
{
    private readonly long[] _counts = new long[(int)Refusal.Unfinished + 1];

    /// <summary>How many connections ended for a reason.</summary>
    public long this[Refusal reason] => Interlocked.Read(ref _counts[(int)reason]);

    /// <summary>How many ended for any.</summary>
    public long Total
    {
        get
        {
            long total = 0;
            for (int i = 0; i < _counts.Length; i++) total += Interlocked.Read(ref _counts[i]);
            return total;
        }
    }

    internal void Count(Refusal reason) => Interlocked.Increment(ref _counts[(int)reason]);
}
