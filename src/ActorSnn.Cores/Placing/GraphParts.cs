namespace ActorSnn.Cores;

/// <summary>
/// A graph whose things are dealt out to parts of given capacities. Things are put one at a time and then moved so as to cut less, after Fiduccia and
/// Mattheyses: the best move there is, even a bad one, each thing once a pass, and back to the best that was met. The result depends on what is given only.
/// </summary>
internal sealed class GraphParts
{
    /// <summary>How far above its share the work of a part may be for the sake of a smaller cut.</summary>
    public const double Slack = 0.05;

    /// <summary>The cut has to be smaller by this factor for the slack to be used.</summary>
    private const double WorthSlack = 0.9;

    private const int MostPasses = 12;

    private readonly WeightedGraph _graph;
    private readonly double[] _shares; // work a part would have at perfect balance
    private readonly double[] _limits;
    private readonly long[] _loads;
    private readonly long[] _joined; // by thing and part: what ties the thing to the part
    private readonly int[] _partOf;

    /// <param name="graph">The graph.</param>
    /// <param name="capacities">Capacities of the parts, all above 0; only their ratios count.</param>
    public GraphParts(WeightedGraph graph, double[] capacities)
    {
        double all = capacities.Sum();
        _graph = graph;
        _shares = [.. capacities.Select(c => Math.Max(1, graph.TotalWork) * c / all)];
        _limits = [.. _shares.Select(s => s * (1 + Slack))];
        _loads = new long[capacities.Length];
        _joined = new long[(long)graph.Count * capacities.Length];
        _partOf = new int[graph.Count];
        Array.Fill(_partOf, -1);
    }

    /// <summary>Part of each thing; -1 where it has none yet.</summary>
    public ReadOnlySpan<int> PartOf => _partOf;

    /// <summary>What the edges between parts cost.</summary>
    public long Cut { get; private set; }

    /// <summary>Work of the fullest part for its share: 1 is perfect balance.</summary>
    public double Fullest => Enumerable.Range(0, _loads.Length).Max(FillOf);

    private int Parts => _loads.Length;

    /// <summary>Deals out all things: the best of several beginnings, none of them chosen by chance.</summary>
    public static GraphParts Cutting(WeightedGraph graph, double[] capacities)
    {
        GraphParts Begin(Action<GraphParts> deal)
        {
            var parts = new GraphParts(graph, capacities);
            deal(parts);
            return parts;
        }

        GraphParts Best(double fullest)
        {
            GraphParts[] beginnings =
                [Begin(p => p.PutEvenly(graph.Heaviest())), Begin(p => p.PutInTurn()), Begin(p => p.PutInOrder()), Begin(p => p.PutByGrowing())];
            foreach (var beginning in beginnings)
            {
                beginning.Allow(fullest);
                beginning.Improve(_ => true);
            }
            return beginnings.OrderBy(p => p.Excess()).ThenBy(p => p.Cut).ThenBy(p => p.Fullest).First();
        }

        double even = Begin(p => p.PutEvenly(graph.Heaviest())).Fullest;
        var tight = Best(even);
        if (even >= 1 + Slack) return tight;
        var loose = Best(1 + Slack);
        return loose.Cut < WorthSlack * tight.Cut ? loose : tight;
    }

    /// <summary>Sets the limits of all parts.</summary>
    /// <param name="fullest">Most work of a part for its share.</param>
    public void Allow(double fullest)
    {
        for (int part = 0; part < Parts; part++) _limits[part] = _shares[part] * (fullest + 1e-9);
    }

    /// <summary>Puts a thing into a part; takes it out of the one it was in.</summary>
    public void Put(int thing, int part)
    {
        int from = _partOf[thing];
        if (from == part) return;
        long work = _graph.WorkOf(thing);
        var ends = _graph.EndsOf(thing);
        var weights = _graph.WeightsOf(thing);
        for (int i = 0; i < ends.Length; i++)
        {
            long at = (long)ends[i] * Parts;
            if (from >= 0) _joined[at + from] -= weights[i];
            _joined[at + part] += weights[i];
            int other = _partOf[ends[i]];
            if (other < 0) continue;
            if (from >= 0 && other != from) Cut -= weights[i];
            if (other != part) Cut += weights[i];
        }
        if (from >= 0) _loads[from] -= work;
        _loads[part] += work;
        _partOf[thing] = part;
    }

    /// <summary>Puts things where there is most room for their work, in the order given.</summary>
    public void PutEvenly(IEnumerable<int> things)
    {
        foreach (int thing in things)
        {
            int best = 0;
            for (int part = 1; part < Parts; part++)
            {
                if (FillWith(part, thing) < FillWith(best, thing)) best = part;
            }
            Put(thing, best);
        }
    }

    /// <summary>Moves things from parts beyond their limits to those with most room, as few as will do and those that cost least.</summary>
    public void Level()
    {
        for (int moves = 0; moves < _graph.Count; moves++)
        {
            int fullest = 0;
            int emptiest = 0;
            for (int part = 1; part < Parts; part++)
            {
                if (FillOf(part) > FillOf(fullest)) fullest = part;
                if (FillOf(part) < FillOf(emptiest)) emptiest = part;
            }
            if (_loads[fullest] <= _limits[fullest]) return;
            int best = -1;
            for (int thing = 0; thing < _graph.Count; thing++)
            {
                if (_partOf[thing] != fullest || FillWith(emptiest, thing) >= FillOf(fullest) || _graph.WorkOf(thing) == 0) continue;
                if (best < 0 || Gain(thing, emptiest) > Gain(best, emptiest)
                    || (Gain(thing, emptiest) == Gain(best, emptiest) && _graph.WorkOf(thing) > _graph.WorkOf(best))) best = thing;
            }
            if (best < 0) return;
            Put(best, emptiest);
        }
    }

    /// <summary>Moves things between parts until that cuts no less. Parts beyond their limits are emptied first.</summary>
    /// <param name="mayMove">Which things may be moved.</param>
    public void Improve(Func<int, bool> mayMove)
    {
        int[] things = [.. Enumerable.Range(0, _graph.Count).Where(mayMove)];
        if (things.Length == 0 || Parts == 1) return;
        double overhang = things.Max(_graph.WorkOf);
        for (int pass = 0; pass < MostPasses; pass++)
        {
            if (!ImproveOnce(things, overhang)) return;
        }
    }

    private bool ImproveOnce(int[] things, double overhang)
    {
        var moved = new List<(int Thing, int From)>();
        var isLocked = new bool[_graph.Count];
        var best = (Excess: Excess(), Cut);
        int bestLength = 0;
        int patience = 50 + things.Length / 8;
        while (moved.Count < bestLength + patience)
        {
            var (thing, to) = BestMove(things, isLocked, overhang);
            if (thing < 0) break;
            moved.Add((thing, _partOf[thing]));
            isLocked[thing] = true;
            Put(thing, to);
            var now = (Excess: Excess(), Cut);
            if (now.CompareTo(best) >= 0) continue;
            (best, bestLength) = (now, moved.Count);
        }
        for (int i = moved.Count - 1; i >= bestLength; i--) Put(moved[i].Thing, moved[i].From);
        return bestLength > 0;
    }

    /// <summary>
    /// The move that cuts most less. Within the limits any part may be overfilled by one thing for the moment; of an overfilled part something has to go next, so
    /// that two things change places in two moves.
    /// </summary>
    private (int Thing, int To) BestMove(int[] things, bool[] isLocked, double overhang)
    {
        int over = -1;
        for (int part = 0; part < Parts; part++)
        {
            if (_loads[part] > _limits[part] && (over < 0 || _loads[part] - _limits[part] > _loads[over] - _limits[over])) over = part;
        }
        double allowed = over < 0 ? overhang : _loads[over] - _limits[over];
        var (best, to, most) = (-1, -1, long.MinValue);
        foreach (int thing in things)
        {
            int from = _partOf[thing];
            if (isLocked[thing] || (over >= 0 && from != over)) continue;
            long work = _graph.WorkOf(thing);
            for (int part = 0; part < Parts; part++)
            {
                if (part == from || Gain(thing, part) <= most) continue;
                double beyond = _loads[part] + work - _limits[part];
                if (beyond > 0 && beyond >= allowed + (over < 0 ? 1 : 0)) continue;
                (best, to, most) = (thing, part, Gain(thing, part));
            }
        }
        return (best, to);
    }

    /// <summary>Deals things out in turn.</summary>
    private void PutInTurn()
    {
        for (int thing = 0; thing < _graph.Count; thing++) Put(thing, thing % Parts);
    }

    /// <summary>Fills part after part with things by number.</summary>
    private void PutInOrder()
    {
        int part = 0;
        double upTo = _shares[0];
        double work = 0;
        for (int thing = 0; thing < _graph.Count; thing++)
        {
            // A thing goes where its middle lies.
            while (part < Parts - 1 && work + _graph.WorkOf(thing) / 2.0 > upTo) upTo += _shares[++part];
            Put(thing, part);
            work += _graph.WorkOf(thing);
        }
    }

    /// <summary>Fills part after part with what is tied to it most.</summary>
    private void PutByGrowing()
    {
        int left = _graph.Count;
        for (int part = 0; part < Parts; part++)
        {
            while (left > 0 && (part == Parts - 1 || _loads[part] < _shares[part]))
            {
                int best = -1;
                for (int thing = 0; thing < _graph.Count; thing++)
                {
                    if (_partOf[thing] < 0 && (best < 0 || _joined[(long)thing * Parts + part] > _joined[(long)best * Parts + part])) best = thing;
                }
                if (part < Parts - 1 && _loads[part] > 0 && _loads[part] + _graph.WorkOf(best) / 2.0 > _shares[part]) break;
                Put(best, part);
                left--;
            }
        }
    }

    private long Gain(int thing, int part) => _joined[(long)thing * Parts + part] - _joined[(long)thing * Parts + _partOf[thing]];

    private double FillOf(int part) => _loads[part] / _shares[part];

    private double FillWith(int part, int thing) => (_loads[part] + _graph.WorkOf(thing)) / _shares[part];

    /// <summary>Work beyond the limits.</summary>
    private double Excess()
    {
        double excess = 0;
        for (int part = 0; part < Parts; part++) excess += Math.Max(0, _loads[part] - _limits[part]);
        return excess;
    }
}
