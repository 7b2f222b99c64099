namespace ActorSnn.Mesh.Embedded;

/// <summary>What runs the cores of a <see cref="CoreGroup"/> where its own threads do not.</summary>
internal interface ICoreShell
{
    /// <summary>Lets every core see whether it can go on; from any thread.</summary>
    void Wake();

    /// <summary>Waits until no core of the group, which has been stopped, is being run any more.</summary>
    void Join();
}
