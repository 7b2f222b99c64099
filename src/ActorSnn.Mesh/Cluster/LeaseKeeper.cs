using ActorSnn.Mesh.Stores;

namespace ActorSnn.Mesh.Cluster;

/// <summary>
/// A node's claim to the right to coordinate. Every node tries; one gets it. Who holds it counts the time from before it asked, so that it lets go no later than the store does, however long
/// the answer took or the process slept.
/// </summary>
/// <param name="holder">Who asks; another one for every start of a process.</param>
/// <param name="address">Where the node can be reached.</param>
/// <param name="options">How long a lease lasts.</param>
/// <param name="world">The store.</param>
internal sealed class LeaseKeeper(string holder, string address, ClusterOptions options, INodeWorld world)
{
    private long _heldUntil = long.MinValue;
    private long _nextAt = long.MinValue;
    private bool _asking;
    private bool _isWanted = true;
    private bool _isAllowed = true;
    private long _failingSince = -1;
    private int _claim;

    /// <summary>Term of the lease held.</summary>
    public long Term { get; private set; }

    /// <summary>Who coordinates, as far as the store has said; null before it has.</summary>
    public string? Coordinator { get; private set; }

    /// <summary>What keeps the store from answering; null for nothing.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Whether the lease is held.</summary>
    public bool IsHeld(long now) => now < _heldUntil;

    /// <summary>For how long the store has not answered, in milliseconds.</summary>
    public long FailingFor(long now) => _failingSince < 0 ? 0 : now - _failingSince;

    /// <summary>Asks when it is time to.</summary>
    public void Advance(long now)
    {
        if (_asking || now < _nextAt || !_isWanted || !_isAllowed) return;
        _asking = true;
        int claim = _claim;
        world.Ask(
            Errand.Lease,
            store => store.AcquireLease(holder, address, TimeSpan.FromMilliseconds(options.LeaseMs)),
            (later, lease, failure) =>
            {
                _asking = false;
                // What was asked before the lease was given up has been given up with it.
                if (claim == _claim) Answer(now, later, lease, failure);
            });
    }

    /// <summary>Whether to ask at all. Who may no longer gives up what it has.</summary>
    public bool IsAllowed
    {
        get => _isAllowed;
        set
        {
            if (_isAllowed && !value && _isWanted)
            {
                GiveUp();
                _isWanted = true;
            }
            _isAllowed = value;
        }
    }

    /// <summary>Gives the lease up and does not ask again before <see cref="AskAgain"/>.</summary>
    public void GiveUp()
    {
        bool mayBeHeld = _heldUntil != long.MinValue || _asking;
        _heldUntil = long.MinValue;
        _isWanted = false;
        _claim++;
        if (mayBeHeld) world.Ask(Errand.Lease, store => { store.ReleaseLease(holder); return true; }, (_, _, _) => { });
    }

    /// <summary>Asks again from some time on.</summary>
    public void AskAgain(long at)
    {
        _isWanted = true;
        _nextAt = at;
    }

    private void Answer(long asked, long now, Lease? lease, Exception? failure)
    {
        if (lease is null)
        {
            Trouble = failure?.Message ?? "no answer";
            if (_failingSince < 0) _failingSince = asked;
            _nextAt = now + options.RetryMs;
            return;
        }
        Trouble = null;
        _failingSince = -1;
        Coordinator = lease.Address;
        if (lease.IsMine)
        {
            Term = lease.Term;
            _heldUntil = asked + options.LeaseMs;
            _nextAt = asked + options.LeaseMs / 3;
            return;
        }
        _heldUntil = long.MinValue;
        // It may be given up before its time, and it may run out.
        _nextAt = now + Math.Clamp((long)lease.Remaining.TotalMilliseconds + 1, 1, options.LeaseMs / 3);
    }
}
