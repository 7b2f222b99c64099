namespace ActorSnn.Learning;

/// <summary>What of an image a network is shown.</summary>
public enum ImageView
{
    /// <summary>Its gray values: bright is strong.</summary>
    Gray,

    /// <summary>Its edges in several directions, one direction above the other: sharp is strong.</summary>
    Edges,
}
