using System.Numerics;
using System.Numerics.Tensors;
using ActorSnn.Learning.Sbp;
using ActorSnn.Networks;

namespace ActorSnn.Bench.Sbp;

/// <summary>
/// The abstract sBP algorithm as a tight loop on one thread: one copy of each matrix, one forward and one backward pass a sample, 32-bit
/// integers, vectors of the widest kind. No spikes, no phases, no copies: the yardstick for what the circuit costs.
/// </summary>
public sealed class AbstractLoop
{
    private readonly int _hidden;
    private readonly int _outputs;
    private readonly int[] _w1;
    private readonly int[] _w2;
    private readonly int[] _a1;
    private readonly int[] _delta;
    private readonly int[] _active;

    public AbstractLoop(SbpWeights weights)
    {
        (_hidden, _outputs) = (weights.Hidden, weights.Outputs);
        _w1 = Array.ConvertAll(weights.W1, w => 2 * w);
        _w2 = Array.ConvertAll(weights.W2, w => 2 * w);
        _a1 = new int[_hidden];
        _delta = new int[_hidden];
        _active = new int[weights.Inputs];
    }

    public ReadOnlySpan<int> W1 => _w1;

    public void Train(ReadOnlySpan<ulong> bits, int label)
    {
        int n = 0;
        for (int w = 0; w < bits.Length; w++)
        {
            for (ulong word = bits[w]; word != 0; word &= word - 1) _active[n++] = (w << 6) + BitOperations.TrailingZeroCount(word);
        }
        Array.Clear(_a1);
        for (int i = 0; i < n; i++) TensorPrimitives.Add(_a1, _w1.AsSpan(_active[i] * _hidden, _hidden), _a1);
        Span<int> a2 = stackalloc int[_outputs];
        a2.Clear();
        for (int j = 0; j < _hidden; j++)
        {
            if (_a1[j] <= 512) continue;
            for (int k = 0; k < _outputs; k++) a2[k] += _w2[j * _outputs + k];
        }
        Span<int> d2 = stackalloc int[_outputs];
        bool wrong = false;
        for (int k = 0; k < _outputs; k++)
        {
            d2[k] = a2[k] is > 0 and <= 1024 ? (k == label ? 1 : 0) - (a2[k] > 512 ? 1 : 0) : 0;
            wrong |= d2[k] != 0;
        }
        if (!wrong) return;
        for (int j = 0; j < _hidden; j++)
        {
            int s = 0;
            for (int k = 0; k < _outputs; k++) s += _w2[j * _outputs + k] * d2[k];
            _delta[j] = _a1[j] is > 0 and <= 1024 ? 2 * Math.Sign(s) : 0;
            if (_a1[j] <= 512) continue;
            for (int k = 0; k < _outputs; k++)
                _w2[j * _outputs + k] = Math.Clamp(_w2[j * _outputs + k] + 2 * d2[k], HebbianCoincidence.MinWeight, HebbianCoincidence.MaxWeight);
        }
        for (int i = 0; i < n; i++) AddSaturated(_w1.AsSpan(_active[i] * _hidden, _hidden), _delta);
    }

    private static void AddSaturated(Span<int> row, ReadOnlySpan<int> delta)
    {
        TensorPrimitives.Add(row, delta, row);
        TensorPrimitives.Clamp(row, HebbianCoincidence.MinWeight, HebbianCoincidence.MaxWeight, row);
    }
}
