namespace ActorSnn.Learning.Sbp;

/// <summary>The three ways to read a class from the output layer, as fractions of correct samples.</summary>
/// <param name="Exact">The whole spike vector equals the one-hot code of the label.</param>
/// <param name="Spikes">Lowest-numbered output that spikes; class 0 when none does.</param>
/// <param name="Potential">Output of the highest potential; the lowest-numbered of equals.</param>
public sealed record SbpAccuracy(double Exact, double Spikes, double Potential);
