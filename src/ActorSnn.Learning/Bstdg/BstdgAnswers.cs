using System.Collections.Immutable;

namespace ActorSnn.Learning.Bstdg;

/// <summary>What the readout answered to each sample of a set, how good that is, and what it took.</summary>
/// <param name="Classes">For each sample the class answered; -1 where there was no answer, which happens only to a network that is disturbed.</param>
/// <param name="Decisions">For each sample the step of the answer; the steps of a sample where no output spiked.</param>
/// <param name="Accuracy">Fractions of right answers.</param>
/// <param name="Loss">Half the sum over the outputs of ((target - t) / T)², averaged over the samples; targets are those of training.</param>
/// <param name="DecisionStep">Mean step of the answer.</param>
/// <param name="HiddenSpikes">Spikes of the hidden layer in a sample, on average.</param>
/// <param name="HiddenSpikesUntilDecision">Those of them stamped no later than the answer.</param>
/// <param name="InputSpikesUntilDecision">Spikes of the input no later than the step of the answer, on average.</param>
public sealed record BstdgAnswers(
    ImmutableArray<int> Classes, ImmutableArray<int> Decisions, BstdgAccuracy Accuracy, double Loss, double DecisionStep, double HiddenSpikes, double HiddenSpikesUntilDecision, double InputSpikesUntilDecision);
