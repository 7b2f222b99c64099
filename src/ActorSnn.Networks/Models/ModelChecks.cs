namespace ActorSnn.Networks;

/// <summary>Checks that several neuron models share.</summary>
internal static class ModelChecks
{
    /// <summary>Longest refractory period, in ticks.</summary>
    private const int MaxRefractoryTicks = 1 << 20;

    /// <summary>A time constant shorter than this part of a tick would leave nothing after one tick.</summary>
    private const double LeastTicksOfTau = 0.02;

    public static void Finite(string field, double value)
    {
        if (!double.IsFinite(value)) throw new NetworkException(field, $"{value} is not a finite number");
        if (Math.Abs(value) > RealNeuronModel.MaxMagnitude) throw new NetworkException(field, $"{value}; give a number within ±{RealNeuronModel.MaxMagnitude:0}");
    }

    public static void TimeConstant(string field, double tauMs, double timeStepMs)
    {
        Finite(field, tauMs);
        if (tauMs < LeastTicksOfTau * timeStepMs || tauMs > 1e9)
            throw new NetworkException(field, $"{tauMs} ms; give {LeastTicksOfTau * timeStepMs} to 1e9 ms, at ticks of {timeStepMs} ms");
    }

    public static void Refractory(string field, double refractoryMs, double timeStepMs)
    {
        Finite(field, refractoryMs);
        double ticks = refractoryMs / timeStepMs;
        if (ticks < 0 || ticks > MaxRefractoryTicks)
            throw new NetworkException(field, $"{refractoryMs} ms; give 0 to {MaxRefractoryTicks * timeStepMs} ms");
        if (Math.Abs(ticks - Math.Round(ticks)) > 1e-6)
            throw new NetworkException(field, $"{refractoryMs} ms is no whole number of ticks of {timeStepMs} ms");
    }

    public static void ResetBelowThreshold(string field, double resetMv, double thresholdMv)
    {
        Finite($"{field}.thresholdMv", thresholdMv);
        Finite($"{field}.resetMv", resetMv);
        if (resetMv >= thresholdMv)
            throw new NetworkException($"{field}.resetMv", $"{resetMv} mV is not below the threshold of {thresholdMv} mV");
    }

    /// <summary>A time in whole ticks.</summary>
    public static int Ticks(double ms, double timeStepMs) => (int)Math.Round(ms / timeStepMs);
}
