using System.Collections.Immutable;
using System.Globalization;
using ActorSnn.Networks;

namespace ActorSnn.Mesh.Faults;

/// <summary>
/// Says which faults of the machine are due while a run goes on, when they begin, happen again, and end. It has no clock: it is told how far the run is. What is drawn
/// depends on the scenario's seed alone.
/// </summary>
public sealed class FaultDirector
{
    private readonly Course[] _courses;
    private double _lastSeconds;

    /// <summary>Looks up whom the faults of a scenario hit.</summary>
    /// <param name="scenario">The scenario; its simulated faults are not looked at.</param>
    /// <param name="samples">When samples are shown; null for a network that shows none.</param>
    /// <param name="nodes">Names of the nodes; none in one process, where links are those between cores.</param>
    /// <param name="cores">Number of cores.</param>
    /// <exception cref="ScenarioException">A name or pattern stands for nothing, or a time is in samples and there are none.</exception>
    public FaultDirector(Scenario scenario, SampleTimes? samples, IReadOnlyList<string> nodes, int cores)
    {
        var targets = new Targets(scenario, nodes, [.. Enumerable.Range(0, cores).Select(c => c.ToString(CultureInfo.InvariantCulture))]);
        _courses = [.. scenario.MachineFaults.Select(f => new Course(
            f, Moment.Of(scenario.TickOf(f, f.At, "at", samples), f.At), f.Until is { } until ? Moment.Of(scenario.TickOf(f, until, "until", samples), until) : null,
            targets.ActionOf(f), scenario))];
    }

    /// <summary>The first tick at which something is to begin or end; <see cref="long.MaxValue"/> for none.</summary>
    public long NextTick => _courses.Min(c => (long?)c.NextTick) ?? long.MaxValue;

    /// <summary>Whether nothing will be due any more.</summary>
    public bool IsOver => _courses.All(c => c.IsOver);

    /// <summary>What has come due since this was last called, in the order in which it is to happen.</summary>
    /// <param name="tick">The tick that is run next.</param>
    /// <param name="seconds">Wall time since the run began.</param>
    public IReadOnlyList<FaultOrder> Due(long tick, double seconds)
    {
        var due = new List<(double Seconds, FaultOrder Order)>();
        foreach (var course in _courses) course.Collect(tick, seconds, _lastSeconds, due);
        _lastSeconds = seconds;
        return [.. due.OrderBy(d => d.Seconds).Select(d => d.Order)];
    }

    /// <summary>Ends what has begun and lasts, wherever the run is; nothing will be due any more.</summary>
    /// <returns>The orders that end it.</returns>
    public IReadOnlyList<FaultOrder> End() => [.. _courses.SelectMany(c => c.End())];

    /// <summary>A time of a scenario: either a tick or a wall time.</summary>
    private readonly record struct Moment(long? Tick, double Seconds)
    {
        public static Moment Of(long? tick, ScenarioTime time) => new(tick, time.Value);

        public bool HasCome(long tick, double seconds) => Tick is { } at ? tick >= at : seconds >= Seconds;

        /// <summary>When it came. Of a tick nobody knows the wall time; it was after the look before.</summary>
        public double CameAt(double lastSeconds) => Tick is null ? Seconds : lastSeconds;
    }

    /// <summary>Makes the orders of an occurrence; at the end of what lasts with <c>ends</c> set.</summary>
    private delegate IEnumerable<FaultOrder> Action(int occurrence, bool ends);

    /// <summary>What becomes of one fault.</summary>
    private sealed class Course(MachineFault fault, Moment at, Moment? until, Action action, Scenario scenario)
    {
        private bool _hasBegun;
        private double _began;
        private int _occurrence;
        private double _next;

        public bool IsOver { get; private set; }

        public long NextTick => IsOver ? long.MaxValue : (_hasBegun ? until?.Tick : at.Tick) ?? long.MaxValue;

        private bool Lasts => fault is LinkFault or SlowCore or CutNodes { Heals: false };

        public IEnumerable<FaultOrder> End()
        {
            bool isUnderWay = _hasBegun && !IsOver && Lasts;
            IsOver = true;
            return isUnderWay ? action(0, true) : [];
        }

        public void Collect(long tick, double seconds, double lastSeconds, List<(double, FaultOrder)> due)
        {
            if (IsOver) return;
            void Add(double when, int occurrence, bool ends)
            {
                foreach (var order in action(occurrence, ends)) due.Add((when, order));
            }
            bool isRepeated = fault.PerSecond is not null;
            if (!_hasBegun)
            {
                if (!at.HasCome(tick, seconds)) return;
                _hasBegun = true;
                _began = at.CameAt(lastSeconds);
                if (isRepeated) _next = _began + scenario.GapBefore(fault, 0);
                else Add(_began, 0, ends: false);
            }
            bool isOver = !(isRepeated || Lasts) || (until?.HasCome(tick, seconds) ?? false);
            double end = isOver && until is { } moment ? Math.Max(_began, moment.CameAt(lastSeconds)) : seconds;
            while (isRepeated && _next <= end)
            {
                Add(_next, _occurrence, ends: false);
                _next += scenario.GapBefore(fault, ++_occurrence);
            }
            if (!isOver) return;
            IsOver = true;
            if (Lasts) Add(end, 0, ends: true);
        }
    }

    /// <summary>Finds out whom names and patterns stand for.</summary>
    private sealed class Targets(Scenario scenario, IReadOnlyList<string> nodes, IReadOnlyList<string> cores)
    {
        public Action ActionOf(MachineFault fault)
        {
            int place = fault.Place;
            switch (fault)
            {
                case LinkFault link:
                    var links = LinksOf(link);
                    return (occurrence, ends) => [ends ? new MendLinks(place, occurrence) : new DisturbLinks(place, occurrence, link, links, SeedOf(fault))];
                case SlowCore slow:
                    var slowed = CoresOf(fault, slow.Cores);
                    return (occurrence, ends) => [new SlowCores(place, occurrence, slowed, ends ? 0 : slow.MicrosecondsPerTick)];
                case KilledCore killed:
                    var among = CoresOf(fault, killed.Cores);
                    return (occurrence, _) => [new KillCores(place, occurrence, killed.ChoosesOne ? [among[scenario.Choose(fault, occurrence, among.Length)]] : among)];
                case NodeFault node:
                    var broken = NodesOf(fault, "nodes", node.Nodes);
                    return (occurrence, _) => (node.ChoosesOne ? [broken[scenario.Choose(fault, occurrence, broken.Length)]] : broken)
                        .Select(name => new BreakNode(place, occurrence, node.What, name, node.Seconds));
                case CutNodes cut:
                    var one = NodesOf(fault, "one", cut.One);
                    ImmutableArray<string> other = [.. NodesOf(fault, "other", cut.Other).Except(one)];
                    if (other.IsEmpty) throw scenario.Error(fault, "other", $"\"{cut.Other}\" stands for no other node than \"{cut.One}\" does; name the other side");
                    return (occurrence, ends) => [new SeparateNodes(place, occurrence, one, other, cut.Heals || ends)];
                default:
                    throw new ArgumentException(fault.Kind, nameof(fault));
            }
        }

        private ulong SeedOf(MachineFault fault) => new CounterRandom(scenario.Seed, RandomPurpose.FaultTime, fault.Place).Bits(0, step: 1);

        /// <summary>The links between nodes, or between cores in one process; none goes from one to itself.</summary>
        private ImmutableArray<(string From, string To)> LinksOf(LinkFault fault)
        {
            var (what, names) = nodes.Count > 0 ? ("node", nodes) : ("core", cores);
            var (from, to) = (Matching(fault, "links.from", fault.From, what, names), Matching(fault, "links.to", fault.To, what, names));
            ImmutableArray<(string, string)> links = [.. from.SelectMany(f => to.Where(t => t != f).Select(t => (f, t)))];
            return links.IsEmpty ? throw scenario.Error(fault, "links", $"stand for no link; there {(names.Count == 1 ? $"is one {what}" : $"are {names.Count} {what}s")}") : links;
        }

        private ImmutableArray<int> CoresOf(MachineFault fault, string pattern) =>
            [.. Matching(fault, "cores", pattern, "core", cores).Select(c => int.Parse(c, CultureInfo.InvariantCulture))];

        private ImmutableArray<string> NodesOf(MachineFault fault, string field, string pattern) => nodes.Count > 0
            ? Matching(fault, field, pattern, "node", nodes)
            : throw scenario.Error(fault, field, "there are no nodes in one process; run on several nodes");

        private ImmutableArray<string> Matching(MachineFault fault, string field, string pattern, string what, IReadOnlyList<string> names)
        {
            ImmutableArray<string> found = [.. names.Where(n => NamePattern.Matches(pattern, n))];
            if (!found.IsEmpty) return found;
            const int Most = 6;
            string known = names.Count > Most ? $"{string.Join(", ", names.Take(Most))} and {names.Count - Most} more" : string.Join(", ", names);
            throw scenario.Error(fault, field, $"\"{pattern}\" stands for no {what}; there {(names.Count == 1 ? "is" : "are")} {(names.Count == 0 ? "none" : known)}");
        }
    }
}
