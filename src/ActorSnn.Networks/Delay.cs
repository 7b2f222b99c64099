namespace ActorSnn.Networks;

/// <summary>The delays of a projection's synapses in ticks: a spike emitted at t reaches its target at t + delay. At least one tick.</summary>
public abstract record Delay
{
    /// <summary>Largest delay a projection may have, in ticks.</summary>
    public const int MaxTicks = 1 << 14;

    private Delay() { }

    /// <summary>One tick: the shortest there is.</summary>
    public static Delay One { get; } = new ConstantDelay(1);

    /// <summary>The same delay for every synapse.</summary>
    public static Delay Ticks(int ticks) => new ConstantDelay(ticks);

    /// <summary>Delays drawn uniformly from {low, …, high}, from the network's seed.</summary>
    public static Delay Uniform(int low, int high) => new UniformDelay(low, high);

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
