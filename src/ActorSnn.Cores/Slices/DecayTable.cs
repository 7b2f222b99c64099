using System.Collections.Concurrent;
using ActorSnn.Networks;

namespace ActorSnn.Cores;

/// <summary>
/// An exponential decay in ticks, so that a quantity that only decays need not be touched: instead of y it keeps <c>z = y exp(t / tau)</c>, which stands still.
/// So that z stays in range, time is counted from the start of the last period: at the first tick of each period every z is multiplied by
/// <see cref="Rescale"/>. Who looks at every tick and who looks rarely do the very same arithmetic.
/// <para>
/// The place of tick t in its period is (t + 1) mod <see cref="Period"/>; the state before tick 0 is at place 0.
/// </para>
/// </summary>
internal sealed class DecayTable
{
    private const int MaxPeriod = 1 << 14;

    /// <summary>Within a period z grows by at most 2 to this power.</summary>
    private const int MaxGrowthBits = 40;

    private static readonly ConcurrentDictionary<double, DecayTable> Tables = [];

    private DecayTable(double ticksOfTau)
    {
        Period = Math.Clamp((int)(MaxGrowthBits * 0.6931471805599453 * ticksOfTau), 1, MaxPeriod);
        Growth = new double[Period];
        Decay = new double[Period];
        for (int i = 0; i < Period; i++)
        {
            Growth[i] = PortableMath.Exp(i / ticksOfTau);
            Decay[i] = PortableMath.Exp(-i / ticksOfTau);
        }
        Rescale = PortableMath.Exp(-Period / ticksOfTau);
    }

    /// <summary>Ticks of a period.</summary>
    public int Period { get; }

    /// <summary>exp(place / tau).</summary>
    public double[] Growth { get; }

    /// <summary>exp(-place / tau).</summary>
    public double[] Decay { get; }

    /// <summary>exp(-period / tau).</summary>
    public double Rescale { get; }

    /// <summary>The table of a time constant.</summary>
    /// <param name="tauMs">Time constant, in ms.</param>
    /// <param name="timeStepMs">Length of a tick, in ms.</param>
    public static DecayTable Of(double tauMs, double timeStepMs) => Tables.GetOrAdd(tauMs / timeStepMs, ticks => new DecayTable(ticks));

    /// <summary>The place of a tick in its period.</summary>
    public int PlaceOf(long tick) => (int)((tick + 1) % Period);
}
