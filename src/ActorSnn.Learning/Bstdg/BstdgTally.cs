using ActorSnn.Networks;

namespace ActorSnn.Learning.Bstdg;

/// <summary>
/// Reads and scores what the inference network that shows samples for all their steps was recorded to do. Recordings may be taken in portions of whole samples: after each, <see cref="Add"/>.
/// </summary>
public sealed class BstdgTally
{
    private readonly BstdgOptions _options;
    private readonly byte[] _labels;
    private readonly int _outputs;
    private readonly int[] _classes;
    private readonly int[] _decisions;
    private readonly int[] _times;
    private long _hidden, _hiddenUntilDecision, _inputUntilDecision;

    /// <summary>Nothing has been recorded yet.</summary>
    /// <param name="options">What the network is like.</param>
    /// <param name="labels">The true classes, one a sample.</param>
    /// <param name="outputs">Number of outputs.</param>
    public BstdgTally(BstdgOptions options, ReadOnlySpan<byte> labels, int outputs)
    {
        (_options, _labels, _outputs) = (options, labels.ToArray(), outputs);
        _classes = new int[labels.Length];
        _decisions = new int[labels.Length];
        _times = new int[labels.Length * outputs];
        Array.Fill(_classes, -1);
        Array.Fill(_decisions, options.Steps);
        Array.Fill(_times, options.Steps);
    }

    /// <summary>Adds what was recorded of some samples.</summary>
    /// <param name="answers">Spikes of <see cref="BstdgCircuit.Answers"/>, by tick.</param>
    /// <param name="output">Spikes of <see cref="BstdgCircuit.OutputSpikes"/>.</param>
    /// <param name="hidden">Spikes of <see cref="BstdgCircuit.HiddenSpikes"/>.</param>
    /// <param name="input">Spikes of <see cref="BstdgCircuit.InputSpikes"/>.</param>
    public void Add(IEnumerable<Spike> answers, IEnumerable<Spike> output, IEnumerable<Spike> hidden, IEnumerable<Spike> input)
    {
        foreach (var spike in answers)
        {
            var (sample, step) = At(spike);
            if (sample >= _labels.Length || _classes[sample] >= 0) continue;
            (_classes[sample], _decisions[sample]) = (spike.Neuron, step);
        }
        foreach (var spike in output)
        {
            var (sample, step) = At(spike);
            // Stuck outputs spike before any could, too.
            if (sample >= _labels.Length || step < BstdgCircuit.LeastPeriodTicks - 1) continue;
            ref int time = ref _times[sample * _outputs + spike.Neuron];
            time = Math.Min(time, step);
        }
        foreach (var spike in hidden)
        {
            var (sample, step) = At(spike);
            if (sample >= _labels.Length) continue;
            _hidden++;
            if (step <= _decisions[sample]) _hiddenUntilDecision++;
        }
        foreach (var spike in input)
        {
            var (sample, step) = At(spike);
            if (sample < _labels.Length && step <= _decisions[sample]) _inputUntilDecision++;
        }
    }

    /// <summary>The answers to all samples.</summary>
    public BstdgAnswers Score()
    {
        int strict = 0, generous = 0;
        long steps = 0;
        double loss = 0;
        for (int n = 0; n < _labels.Length; n++)
        {
            int label = _labels[n];
            var times = _times.AsSpan(n * _outputs, _outputs);
            int first = _options.Steps;
            foreach (int time in times) first = Math.Min(first, time);
            bool isRight = _classes[n] == label;
            if (isRight) strict++;
            if (first < _options.Steps ? times[label] == first : isRight) generous++;
            steps += _decisions[n];
            loss += LossOf(times, label, first);
        }
        double samples = Math.Max(1, _labels.Length);
        return new BstdgAnswers(
            [.. _classes], [.. _decisions], new BstdgAccuracy(strict / samples, generous / samples), loss / samples, steps / samples, _hidden / samples, _hiddenUntilDecision / samples,
            _inputUntilDecision / samples);
    }

    /// <summary>The loss whose gradient is learned from; targets as in <see cref="FirstSpikeReadout"/>.</summary>
    private double LossOf(ReadOnlySpan<int> times, int label, int first)
    {
        int steps = _options.Steps;
        long squares = 0;
        for (int k = 0; k < times.Length; k++)
        {
            int target = first == steps ? (k == label ? steps - _options.Margin : steps)
                : k == label ? first
                : times[k] - first < _options.Margin ? Math.Min(first + _options.Margin, steps) : times[k];
            squares += (long)(target - times[k]) * (target - times[k]);
        }
        return 0.5 * squares / ((double)steps * steps);
    }

    /// <summary>Sample and step of a spike: step 0 is one tick after the sample's start.</summary>
    private (int Sample, int Step) At(Spike spike)
    {
        long tick = spike.Tick - 1;
        int period = BstdgCircuit.PeriodTicks(_options);
        return ((int)(tick / period), (int)(tick % period));
    }
}
