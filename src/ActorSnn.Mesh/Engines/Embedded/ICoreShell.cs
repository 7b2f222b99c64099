namespace ActorSnn.Mesh.Embedded;

/// <summary>What runs the cores of a <see cref="CoreGroup"/> where its own threads do not.</summary>
internal interface ICoreShell
{
    /// <summary>Lets every core see whether it can go on; from any thread.</summary>
    void Wake();

    /// <summary>Lets the cores run until all have reached the group's limit, or it was stopped. No core is being run when this returns.</summary>
    void RunRound();

    /// <summary>Waits until no core of the group, which has been stopped, is being run any more, and lets go of them.</summary>
    void End();
}
