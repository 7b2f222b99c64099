namespace ActorSnn.Mesh.Embedded;

/// <summary>What a worker does beside running cores: for a node, taking in what other nodes sent and sending what its cores sent.</summary>
internal interface IPump
{
    /// <summary>Does what there is to do, and does not wait.</summary>
    /// <param name="idle">Whether the worker has nothing left to run: credit then goes out even alone. Packets always go out.</param>
    /// <returns>Whether anything came in.</returns>
    bool Advance(bool idle);

    /// <summary>Sleeps until something comes in, <see cref="Wake"/> is called, or some milliseconds have passed.</summary>
    void Sleep();

    /// <summary>Wakes who sleeps here, or will.</summary>
    void Wake();
}
