namespace ActorSnn.Mesh.Embedded;

/// <summary>An end of a link as the other end sees it: how far it has run.</summary>
/// <param name="tick">The last tick run.</param>
internal class LinkEnd(long tick)
{
    private long _consumed = tick;

    /// <summary>The last tick run, as other threads may see it.</summary>
    public long Consumed
    {
        get => Volatile.Read(ref _consumed);
        set => Volatile.Write(ref _consumed, value);
    }
}
