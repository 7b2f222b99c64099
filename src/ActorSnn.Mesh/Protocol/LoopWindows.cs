using System.Collections.Immutable;
using ActorSnn.Cores;

namespace ActorSnn.Mesh;

/// <summary>
/// How many ticks a core should run before it sends, so that cores in a loop work at the same time. Two cores that feed each other with a delay of d
/// are always 2 d ticks from where they need each other: who runs 2 d ticks in one go leaves the other waiting, and they take turns. With d ticks a packet both keep
/// running. Cores outside of loops may run as far as they can.
/// </summary>
public static class LoopWindows
{
    /// <summary>The longest window of each core, in ticks; <see cref="int.MaxValue"/> outside of loops.</summary>
    /// <param name="cores">Number of cores.</param>
    /// <param name="links">Their links.</param>
    public static int[] Of(int cores, ImmutableArray<CoreLink> links)
    {
        var component = Components(cores, links);
        var shortestIn = new int[cores];
        var shortestOut = new int[cores];
        Array.Fill(shortestIn, int.MaxValue);
        Array.Fill(shortestOut, int.MaxValue);
        foreach (var link in links.Where(l => component[l.From] == component[l.To]))
        {
            shortestOut[link.From] = Math.Min(shortestOut[link.From], link.Delay);
            shortestIn[link.To] = Math.Min(shortestIn[link.To], link.Delay);
        }
        return [.. Enumerable.Range(0, cores).Select(c =>
            shortestIn[c] == int.MaxValue || shortestOut[c] == int.MaxValue ? int.MaxValue : Math.Max(1, (shortestIn[c] + shortestOut[c]) / 2))];
    }

    /// <summary>Strongly connected components (Tarjan, SIAM J. Comput. 1972), without recursion: a number for each core, equal within a loop.</summary>
    private static int[] Components(int cores, ImmutableArray<CoreLink> links)
    {
        var next = links.ToLookup(l => l.From, l => l.To);
        var component = new int[cores];
        var order = new int[cores];
        var low = new int[cores];
        Array.Fill(component, -1);
        Array.Fill(order, -1);
        var open = new Stack<int>();
        var calls = new Stack<(int Core, IEnumerator<int> Next)>();
        int visited = 0;
        int found = 0;
        for (int root = 0; root < cores; root++)
        {
            if (order[root] < 0) Enter(root);
            while (calls.TryPeek(out var call))
            {
                int core = call.Core;
                if (call.Next.MoveNext())
                {
                    int target = call.Next.Current;
                    if (order[target] < 0) Enter(target);
                    else if (component[target] < 0) low[core] = Math.Min(low[core], order[target]);
                    continue;
                }
                calls.Pop();
                if (calls.TryPeek(out var caller)) low[caller.Core] = Math.Min(low[caller.Core], low[core]);
                if (low[core] != order[core]) continue;
                int member;
                do component[member = open.Pop()] = found;
                while (member != core);
                found++;
            }
        }
        return component;

        void Enter(int core)
        {
            order[core] = low[core] = visited++;
            open.Push(core);
            calls.Push((core, next[core].GetEnumerator()));
        }
    }
}
