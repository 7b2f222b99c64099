using ActorSnn.Mesh.Stores;

namespace ActorSnn.Stores;

/// <summary>A lease as stores keep it, and the rules by which it changes hands. Times are of the store's clock, UTC.</summary>
/// <param name="Term">Grows with every change of holder.</param>
/// <param name="Holder">Who holds or held it; empty when it was given up.</param>
/// <param name="Address">Where the holder can be reached.</param>
/// <param name="Expires">When it runs out.</param>
/// <param name="Duration">For how long it was last taken.</param>
internal sealed record LeaseState(long Term, string Holder, string Address, DateTime Expires, TimeSpan Duration)
{
    /// <summary>Nobody's, ever.</summary>
    public static LeaseState Free { get; } = new(0, "", "", DateTime.UnixEpoch, TimeSpan.Zero);

    /// <summary>The lease after somebody asked for it: his, or as it was.</summary>
    public LeaseState AskedBy(string holder, string address, TimeSpan duration, DateTime now)
    {
        ArgumentException.ThrowIfNullOrEmpty(holder);
        if (holder != Holder && Remaining(now) > TimeSpan.Zero) return this;
        return new LeaseState(holder == Holder ? Term : Term + 1, holder, address, now + duration, duration);
    }

    /// <summary>The lease after somebody gave it up: free if it was his. The term stays.</summary>
    public LeaseState GivenUpBy(string holder) => holder == Holder ? Free with { Term = Term } : this;

    /// <summary>The lease as one who asked sees it.</summary>
    public Lease SeenBy(string holder, DateTime now) => new(Term, Holder, Address, Remaining(now), holder == Holder);

    /// <summary>Time left. Much more than it was taken for can only mean that the clock was set back: it must not keep a lease alive whose holder is dead.</summary>
    private TimeSpan Remaining(DateTime now)
    {
        var left = Expires - now;
        return Holder.Length == 0 || left < TimeSpan.Zero || left > 2 * Duration ? TimeSpan.Zero : left;
    }
}
