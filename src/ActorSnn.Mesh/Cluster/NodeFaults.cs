using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Cluster;

/// <summary>What is broken on purpose about a node: what lasts, for peers and cores that are there and for those that come later, and what it has done.</summary>
/// <param name="self">Name of the node.</param>
internal sealed class NodeFaults(string self)
{
    private readonly Dictionary<string, LinkDisturber> _disturbers = [];
    private readonly HashSet<string> _cutOff = [];
    private readonly SlowCoreTable _slow = new();
    private FaultCounts _before = new();

    /// <summary>Whether any link is disturbed, or was at some time.</summary>
    public bool DisturbsLinks { get; private set; }

    /// <summary>Cores that take longer, with how much longer, in microseconds a tick.</summary>
    public IReadOnlyDictionary<int, double> SlowCores => _slow.MicrosecondsPerTick;

    /// <summary>Cores killed here.</summary>
    public long KilledCores { get; set; }

    /// <summary>What disturbs the way to a node; null when nothing does.</summary>
    public LinkDisturber? DisturberOf(string peer) => _disturbers.GetValueOrDefault(peer);

    /// <summary>Begins to disturb the way to some nodes, and ends what the same fault did to others.</summary>
    public void Take(DisturbFrames disturb)
    {
        Take(new MendFrames(disturb.Fault));
        foreach (string peer in disturb.To)
        {
            if (peer == self) continue;
            if (!_disturbers.TryGetValue(peer, out var disturber)) _disturbers[peer] = disturber = new LinkDisturber(self, peer);
            disturber.Begin(disturb.Fault, disturb.What, disturb.Seed);
            DisturbsLinks = true;
        }
    }

    /// <summary>Ends a fault of links.</summary>
    public void Take(MendFrames mend)
    {
        foreach (var disturber in _disturbers.Values) disturber.End(mend.Fault);
    }

    /// <summary>Slows cores down, or no longer.</summary>
    public void Take(SlowDown slow) => _slow.Set(slow.Fault, slow.Cores, slow.MicrosecondsPerTick);

    /// <summary>Cuts nodes off, or no longer.</summary>
    public void Take(CutOff cut)
    {
        foreach (string peer in cut.From)
        {
            if (cut.Heals) _cutOff.Remove(peer);
            else if (peer != self) _cutOff.Add(peer);
        }
    }

    /// <summary>Whether a node can neither be reached nor reach this one.</summary>
    public bool IsCutOff(string peer) => _cutOff.Contains(peer);

    /// <summary>Keeps what was noticed on a link that is over.</summary>
    public void Keep(LinkCounters counters) => _before += FaultCounts.Noticed(counters);

    /// <summary>All that was done here, and noticed on links that are over and on those given.</summary>
    public FaultCounts CountsWith(IEnumerable<LinkCounters> links)
    {
        var counts = _before + new FaultCounts { KilledCores = KilledCores };
        foreach (var disturber in _disturbers.Values) counts += disturber.Counts;
        foreach (var link in links) counts += FaultCounts.Noticed(link);
        return counts;
    }
}
