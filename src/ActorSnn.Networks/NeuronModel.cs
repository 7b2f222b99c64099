namespace ActorSnn.Networks;

/// <summary>
/// What the neurons of a population do: a neuron model with its parameters, or a source of spikes. Plain data; the behaviour lives
/// in the cores.
/// </summary>
public abstract record NeuronModel
{
    /// <summary>The model's name, as it stands in files and tables.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the population only emits spikes: it then takes no projection and is not counted as neurons.</summary>
    public virtual bool IsSource => false;

    /// <summary>Whether the weights of projections onto this model are integers.</summary>
    public virtual bool HasIntegerWeights => false;

    /// <summary>Whether its spikes are graded: each carries one finite 32-bit floating-point number, its grade.</summary>
    public virtual bool IsGraded => false;

    /// <summary>Whether its neurons understand graded spikes.</summary>
    public virtual bool TakesGrades => false;

    /// <summary>Whether spikes without a grade mean nothing to its neurons; then <see cref="TakesGrades"/>, too.</summary>
    public virtual bool TakesOnlyGrades => false;

    /// <summary>Checks the parameters against a population of <paramref name="size"/> neurons.</summary>
    /// <param name="field">Path of the population, for the error.</param>
    /// <param name="size">Neurons in the population.</param>
    /// <param name="timeStepMs">Length of a tick in milliseconds.</param>
    /// <exception cref="NetworkException">A parameter is out of range.</exception>
    public abstract void Validate(string field, int size, double timeStepMs);

    /// <summary>Writes name and parameters, for the network's hash.</summary>
    public abstract void WriteTo(CanonicalWriter writer);
}
