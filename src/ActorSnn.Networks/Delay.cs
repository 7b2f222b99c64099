namespace ActorSnn.Networks;

/// <summary>The delays of a projection's synapses in ticks: a spike emitted at t reaches its target at t + delay. At least one tick.</summary>
public abstract record Delay
{
    /// <summary>Largest delay a projection may have, in ticks.</summary>
    public const int MaxTicks = 1 << 14;

    private const double Tolerance = 1e-6;

    private Delay() { }

    /// <summary>One tick: the shortest there is.</summary>
    public static Delay One { get; } = new ConstantDelay(1);

    /// <summary>The same delay for every synapse.</summary>
    public static Delay Ticks(int ticks) => new ConstantDelay(ticks);

    /// <summary>Delays drawn uniformly from {low, …, high}, from the network's seed.</summary>
    public static Delay Uniform(int low, int high) => new UniformDelay(low, high);

    /// <summary>A time in ticks, for a delay.</summary>
    /// <param name="field">Path of the field, for the error.</param>
    /// <param name="ms">The time, in ms.</param>
    /// <param name="timeStepMs">Length of a tick, in ms.</param>
    /// <exception cref="NetworkException">It is no whole number of ticks, less than one, or more than <see cref="MaxTicks"/>.</exception>
    internal static int TicksOf(string field, double ms, double timeStepMs)
    {
        double ticks = ms / timeStepMs;
        if (!(ticks > 1 - Tolerance)) throw new NetworkException(field, $"{ms} ms; delays are at least one tick ({timeStepMs} ms)");
        if (ticks > MaxTicks + Tolerance) throw new NetworkException(field, $"{ms} ms; delays are at most {MaxTicks} ticks ({MaxTicks * timeStepMs} ms)");
        if (Math.Abs(ticks - Math.Round(ticks)) > Tolerance) throw new NetworkException(field, $"{ms} ms is no whole number of ticks of {timeStepMs} ms");
        return (int)Math.Round(ticks);
    }

    /// <summary>Shortest possible delay, in ticks.</summary>
    public abstract int Min { get; }

    /// <summary>Longest possible delay, in ticks.</summary>
    public abstract int Max { get; }

    internal void Validate(string field)
    {
        if (Min < 1) throw new NetworkException(field, $"{Min} ticks; a delay is at least 1 tick");
        if (Max > MaxTicks) throw new NetworkException(field, $"{Max} ticks; at most {MaxTicks}");
        if (Min > Max) throw new NetworkException(field, $"low {Min} is above high {Max}");
    }

    internal void WriteTo(CanonicalWriter writer) => writer.Write(Min).Write(Max);

    /// <summary>See <see cref="Ticks"/>.</summary>
    /// <param name="Value">The delay, in ticks.</param>
    public sealed record ConstantDelay(int Value) : Delay
    {
        /// <inheritdoc/>
        public override int Min => Value;

        /// <inheritdoc/>
        public override int Max => Value;
    }

    /// <summary>See <see cref="Uniform"/>.</summary>
    /// <param name="Low">Shortest, in ticks.</param>
    /// <param name="High">Longest, in ticks.</param>
    public sealed record UniformDelay(int Low, int High) : Delay
    {
        /// <inheritdoc/>
        public override int Min => Low;

        /// <inheritdoc/>
        public override int Max => High;
    }
}
