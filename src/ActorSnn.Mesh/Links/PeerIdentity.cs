namespace ActorSnn.Mesh.Links;

/// <summary>What a process is to a cluster.</summary>
public enum PeerRole : byte
{
    /// <summary>Hosts cores.</summary>
    Node = 1,

    /// <summary>Submits runs and asks about them.</summary>
    Client = 2,
}

/// <summary>Which end of a connection.</summary>
public enum ConnectionSide
{
    /// <summary>Opened the connection.</summary>
    Dialler,

    /// <summary>Accepted it.</summary>
    Listener,
}

/// <summary>How one end of a connection names itself to the other. Texts are of printable ASCII characters without blanks.</summary>
/// <param name="Role">What it is to the cluster.</param>
/// <param name="Name">Its name, at most 100 characters.</param>
/// <param name="Address">Where it listens, HOST:PORT, at most 255 characters; empty for a client.</param>
/// <param name="Incarnation">Drawn anew at each start of a process; not 0.</param>
/// <param name="StoreId">Id of its store, at most 255 characters; empty for a client.</param>
public sealed record PeerIdentity(PeerRole Role, string Name, string Address, ulong Incarnation, string StoreId)
{
    internal const int MaxName = 100;
    internal const int MaxText = 255;

    /// <summary>What is wrong with it, in one line; null when nothing is.</summary>
    internal string? Fault()
    {
        if (Role is not (PeerRole.Node or PeerRole.Client)) return "the role is neither node nor client";
        if (Incarnation == 0) return "the incarnation is 0";
        if (Name.Length == 0) return "there is no name";
        return FaultOf("name", Name, MaxName) ?? FaultOf("address", Address, MaxText) ?? FaultOf("store id", StoreId, MaxText);
    }

    private static string? FaultOf(string what, string text, int most)
    {
        if (text.Length > most) return $"the {what} has {text.Length} characters, more than {most}";
        return text.AsSpan().ContainsAnyExceptInRange('!', '~') ? $"the {what} has other characters than printable ASCII without blanks" : null;
    }
}
