namespace ActorSnn.Learning.Bstdg;

/// <summary>The two ways to count right answers, as fractions of all samples.</summary>
/// <param name="Strict">One answer a sample: of several outputs that spike first, the one furthest beyond its threshold, then the lowest.</param>
/// <param name="Generous">Right is a sample whose class is among the outputs that spike first, as in the lineage; where none spikes, the answer counts.</param>
public sealed record BstdgAccuracy(double Strict, double Generous);
