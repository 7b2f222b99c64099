namespace ActorSnn.Learning.SsnnBp;

/// <summary>The two ways to read a class from a trained network, as fractions of correct samples.</summary>
/// <param name="Spikes">By the output that won most steps of the inference network.</param>
/// <param name="Rate">By the plain network of the same weights, whose activations are what spike rates tend to.</param>
public sealed record SsnnBpAccuracy(double Spikes, double Rate);
