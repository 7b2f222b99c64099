using ActorSnn.Mesh.Faults;

namespace ActorSnn.Mesh.Embedded;

/// <summary>A mesh in one process that can be broken on purpose while it runs. What is not said here to be for any thread is called while it stands still.</summary>
internal interface IBreakableMesh : IMesh
{
    /// <summary>The last tick any core has run.</summary>
    long FurthestTick { get; }

    /// <summary>What was done to links, and noticed by them. For any thread.</summary>
    FaultCounts Counts { get; }

    /// <summary>Begins to disturb links between cores, in place of what the same fault did before. For any thread.</summary>
    /// <exception cref="FaultRefusedException">Links of this mesh cannot be disturbed.</exception>
    void Disturb(DisturbLinks order);

    /// <summary>Ends what a fault did to links. For any thread.</summary>
    void Mend(int fault);

    /// <summary>Says how much longer the ticks of cores take than they have to, in microseconds; not at all for cores that are not named. For any thread.</summary>
    void SlowDown(IReadOnlyDictionary<int, double> microsecondsPerTick);

    /// <summary>Discards the actor of a core: <see cref="IMesh.RunTo"/> throws <see cref="CoreGoneException"/> until <see cref="Rebuild"/>. For any thread.</summary>
    /// <returns>False when there is no such core any more.</returns>
    bool Kill(int core);

    /// <summary>Makes cores anew that are gone, after <see cref="CoreGoneException"/>; the mesh is of no use before a state is restored.</summary>
    /// <param name="all">Whether all cores are made anew: then the mesh stands before tick 0.</param>
    void Rebuild(bool all);
}

/// <summary>A core was killed on purpose.</summary>
internal sealed class CoreGoneException() : Exception("a core was killed");
