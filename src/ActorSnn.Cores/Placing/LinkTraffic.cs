using System.Numerics;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// What is likely to go over links, told from the description of a network. Sources are taken at their mean; of neurons nobody knows how often they
/// will spike, so a guess stands in: real-valued ones at 10 Hz, integer ones in a tenth of the ticks.
/// </summary>
internal sealed class LinkTraffic
{
    private const double RealNeuronHz = 10;
    private const double IntegerSpikesPerTick = 0.1;

    // As packets are laid out: a head for each, a head for each slice and tick with spikes, and 16 bits a spike or one bit a neuron; or
    // another head and 64 bits a graded spike.
    private const double PacketHeadBytes = 16;
    private const double EntryHeadBytes = 8;
    private const double BytesPerSpike = 2;
    private const double BytesPerGradedSpike = 8;

    private readonly double[] _spikesPerNeuron;
    private readonly bool[] _isGraded;

    public LinkTraffic(Network network)
    {
        _spikesPerNeuron = [.. network.Populations.Select(p => SpikesPerTick(p, network.TimeStepMs) / p.Size)];
        _isGraded = [.. network.Populations.Select(p => p.Model.IsGraded)];
    }

    /// <summary>Spikes a tick over a link.</summary>
    public double Spikes(CoreLink link)
    {
        double spikes = 0;
        foreach (var slice in link.Slices) spikes += slice.Count * _spikesPerNeuron[slice.Population];
        return spikes;
    }

    /// <summary>Bytes a tick over a link whose packets cover as many ticks as its delay.</summary>
    public double Bytes(CoreLink link)
    {
        double bytes = PacketHeadBytes / link.Delay;
        foreach (var slice in link.Slices)
        {
            double spikes = slice.Count * _spikesPerNeuron[slice.Population];
            double busy = Math.Min(1, spikes); // part of the ticks with any
            bytes += _isGraded[slice.Population]
                ? 2 * busy * EntryHeadBytes + spikes * BytesPerGradedSpike
                : busy * EntryHeadBytes + Math.Min(spikes * BytesPerSpike, busy * slice.Count / 8);
        }
        return bytes;
    }

    private static double SpikesPerTick(Population population, double timeStepMs)
    {
        switch (population.Model)
        {
            case PoissonSource source: return source.SpikeProbability(timeStepMs) * population.Size;
            case SpikeArraySource { Spikes: [.., var last] spikes }: return spikes.Length / (last.Tick + 1.0);
            case SampleSource { Frames: var frames, Presentation: var presentation }:
                long bits = 0;
                for (int frame = 0; frame < frames.Count; frame++)
                {
                    foreach (ulong word in frames[frame]) bits += BitOperations.PopCount(word);
                }
                return bits / ((double)frames.Count * presentation.PeriodTicks);
            case IntensitySource { Frames: var frames, Presentation: var presentation }:
                long sum = 0;
                for (int frame = 0; frame < frames.Count; frame++)
                {
                    foreach (byte intensity in frames[frame]) sum += intensity;
                }
                return sum / 255.0 / frames.Count * presentation.WindowSteps / presentation.PeriodTicks;
            case { IsSource: true }: return 0;
            case RealNeuronModel: return Math.Min(1, RealNeuronHz * timeStepMs * 1e-3) * population.Size;
            case LatencySource { Steps: var steps }: return (double)population.Size / (4 * steps); // a quarter of the inputs, once a sample
            case FirstSpikeModel { Steps: var steps }: return (double)population.Size / (4 * steps);
            default: return IntegerSpikesPerTick * population.Size;
        }
    }
}
