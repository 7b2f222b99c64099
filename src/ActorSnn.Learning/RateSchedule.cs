namespace ActorSnn.Learning;

/// <summary>Learning rate by pass: the whole rate for the first 40 % of the passes, half of it until 80 %, then a quarter.</summary>
/// <param name="Rate">Learning rate of the first pass.</param>
/// <param name="Passes">Number of passes, at least 1.</param>
public sealed record RateSchedule(double Rate, int Passes)
{
    /// <summary>The smallest factor of all passes.</summary>
    public double SmallestFactor => FactorOf(Passes - 1);

    /// <summary>By what the rate is multiplied in a pass: 1, 1/2 or 1/4.</summary>
    /// <param name="pass">Number of the pass, from 0; those beyond the last are like the last.</param>
    public double FactorOf(long pass)
    {
        pass = Math.Min(pass, Passes - 1);
        return 5 * pass < 2L * Passes ? 1 : 5 * pass < 4L * Passes ? 0.5 : 0.25;
    }

    /// <summary>Learning rate of a pass.</summary>
    /// <param name="pass">Number of the pass, from 0.</param>
    public double RateOf(long pass) => Rate * FactorOf(pass);
}
