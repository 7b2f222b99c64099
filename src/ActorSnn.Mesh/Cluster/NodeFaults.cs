using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Cluster;

/// <summary>What is broken on purpose about a node: what lasts, for peers and cores that are there and for those that come later, and what it has done.</summary>
/// <param name="self">Name of the node.</param>
internal sealed class NodeFaults(string self)
{
    private readonly Dictionary<string, LinkDisturber> _disturbers = [];
    private readonly HashSet<string> _cutOff = [];
    private readonly Dictionary<(int Fault, int Core), double> _slow = [];
    private FaultCounts _before = new();

    /// <summary>Whether any link is disturbed, or was at some time.</summary>
    public bool DisturbsLinks { get; private set; }

    /// <summary>Cores that take longer, with how much longer, in microseconds a tick.</summary>
    public IEnumerable<(int Core, double MicrosecondsPerTick)> SlowCores => _slow.GroupBy(s => s.Key.Core).Select(g => (g.Key, g.Sum(s => s.Value)));

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
    public void Take(SlowDown slow)
    {
        foreach (int core in slow.Cores)
        {
            if (slow.MicrosecondsPerTick > 0) _slow[(slow.Fault, core)] = slow.MicrosecondsPerTick;
            else _slow.Remove((slow.Fault, core));
        }
    }

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
    public void Keep(LinkCounters counters) => _before += Noticed(counters);

    /// <summary>All that was done here, and noticed on links that are over and on those given.</summary>
    public FaultCounts CountsWith(IEnumerable<LinkCounters> links)
    {
        var counts = _before + new FaultCounts { KilledCores = KilledCores };
        foreach (var disturber in _disturbers.Values) counts += disturber.Counts;
        foreach (var link in links) counts += Noticed(link);
        return counts;
    }

    /// <summary>What a link has noticed and repaired.</summary>
    public static FaultCounts Noticed(LinkCounters link) => new()
    {
        CorruptNoticed = link.Corrupt, DuplicatesNoticed = link.Duplicates, OutOfOrderNoticed = link.OutOfOrder, SentAgain = link.Retransmitted,
    };
}
