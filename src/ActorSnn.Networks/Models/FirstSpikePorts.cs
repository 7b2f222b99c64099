namespace ActorSnn.Networks;

/// <summary>A further way out of a population: it only emits, what its neurons decide, in the tick in which they do, and shares their cores.</summary>
/// <param name="Of">Name of the population, which comes before it.</param>
public abstract record PortsOf(string Of) : NeuronModel
{
    /// <inheritdoc/>
    public override bool IsSource => true;

    /// <inheritdoc/>
    public override void Validate(string field, int size, double timeStepMs) { }

    /// <inheritdoc/>
    public override void WriteTo(CanonicalWriter writer) => writer.Write(Name).Write(Of);
}

/// <summary>Errors of spike times, as graded spikes: one line a neuron.</summary>
/// <param name="Of">Name of a population of <see cref="FirstSpikeModel"/>.</param>
public sealed record ErrorPorts(string Of) : PortsOf(Of)
{
    /// <inheritdoc/>
    public override string Name => "error-ports";

    /// <inheritdoc/>
    public override bool IsGraded => true;
}

/// <summary>The answers of a readout: one line a neuron, one spike a sample.</summary>
/// <param name="Of">Name of a population of <see cref="FirstSpikeReadout"/>.</param>
public sealed record AnswerPorts(string Of) : PortsOf(Of)
{
    /// <inheritdoc/>
    public override string Name => "answer-ports";
}

/// <summary>A single line that spikes at tick 0, and whenever a readout answers: it starts the next sample.</summary>
/// <param name="Of">Name of a population of <see cref="FirstSpikeReadout"/>.</param>
public sealed record StartPort(string Of) : PortsOf(Of)
{
    /// <inheritdoc/>
    public override string Name => "start-port";
}
