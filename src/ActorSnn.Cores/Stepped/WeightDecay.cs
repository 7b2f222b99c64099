using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// Which synapses of a layer decay in a step. The gaps from one candidate to the next are drawn, so that a step costs what its candidates cost; both copies of a layer's weights draw the same.
/// </summary>
internal sealed class WeightDecay
{
    private readonly CounterRandom _random;
    private readonly SynapseNumbers _numbers;
    private readonly double _unit;
    private readonly double _scale; // of the logarithm of a uniform number; 0 where all are candidates
    private readonly uint[] _words = new uint[CounterRandom.GroupSize];
    private readonly List<(int, int, double)> _candidates = [];

    public WeightDecay(SpikeCoincidence rule, CounterRandom random, double unit, SynapseNumbers numbers)
    {
        (_random, _numbers, _unit) = (random, numbers, unit);
        double most = Math.Min(1, rule.DecayRate * SpikeCoincidence.MostDecaying);
        _scale = most < 1 ? 1 / PortableMath.Log(1 - most) : 0;
    }

    /// <summary>The candidates of a step: target, source, and a uniform number that decides.</summary>
    public List<(int Target, int Source, double Share)> CandidatesAt(long step)
    {
        _candidates.Clear();
        double number = -1;
        for (long draw = 0; ; draw += 2)
        {
            int place = (int)(draw % CounterRandom.GroupSize);
            if (place == 0) _random.Fill(step, draw / CounterRandom.GroupSize, _words);
            number += 1 + Math.Floor(PortableMath.Log((_words[place] + 0.5) * (1.0 / (1UL << 32))) * _scale);
            if (number >= _numbers.Count) return _candidates;
            var (target, source) = Math.DivRem((long)number, _numbers.Sources);
            _candidates.Add(((int)target, (int)source, _words[place + 1] * (1.0 / (1UL << 32))));
        }
    }

    /// <summary>Whether a candidate decays.</summary>
    public bool Happens(int weight, double share) => share * SpikeCoincidence.MostDecaying < Math.Abs((double)weight) * _unit;
}
