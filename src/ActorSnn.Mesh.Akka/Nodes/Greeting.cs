using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Akka.Nodes;

/// <summary>What two nodes say to each other before frames of their link, and after the last.</summary>
internal enum GreetingStep
{
    /// <summary>Here I am.</summary>
    Introduction,

    /// <summary>May we talk?</summary>
    Call,

    /// <summary>We may.</summary>
    Answer,

    /// <summary>Then we do.</summary>
    Confirmation,

    /// <summary>Not any more, or not at all.</summary>
    Farewell,
}

/// <summary>
/// A greeting between the actors of two nodes. Each draws a number for the connection and puts the other's on everything that belongs to it: what comes late from an earlier connection, or from somebody who has not seen the number,
/// does not count.
/// </summary>
/// <param name="Step">Which.</param>
/// <param name="Identity">The sender.</param>
/// <param name="Connection">Number drawn by the sender; 0 for none.</param>
/// <param name="For">Number drawn by the receiver; 0 before it has drawn one.</param>
/// <param name="Received">Up to which payload of the receiver's the sender has everything, in answers and confirmations.</param>
internal sealed record Greeting(GreetingStep Step, PeerIdentity Identity, long Connection, long For, long Received)
{
    /// <summary>What is wrong with it for a node of some identity; null when nothing is.</summary>
    public string? FaultFor(PeerIdentity own)
    {
        if (!Enum.IsDefined(Step)) return "a greeting of an unknown kind";
        if (Identity.Fault() is { } fault) return fault;
        if (Identity.Role != PeerRole.Node) return "a greeting of one that is no node";
        if (Identity.StoreId != own.StoreId) return $"node {Identity.Name} keeps its runs in store {Identity.StoreId}, we in {own.StoreId}";
        return Received < 0 ? "a greeting with a negative number of payloads" : null;
    }
}
