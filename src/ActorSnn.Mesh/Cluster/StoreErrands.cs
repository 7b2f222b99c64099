using System.Collections.Concurrent;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Mesh.Cluster;

/// <summary>Does a node's errands at the store. A thread for each kind: nothing that takes long keeps the lease from being renewed.</summary>
/// <param name="store">The store.</param>
/// <param name="post">Makes something happen on the node's own time; called from any thread.</param>
internal sealed class StoreErrands(IRunStore store, Action<Action<long>> post)
{
    private const int JoinMs = 10_000;

    private readonly Dictionary<Errand, BlockingCollection<Action>> _queues = [];
    private readonly List<Thread> _threads = [];

    /// <inheritdoc cref="INodeWorld.Ask"/>
    public void Ask<T>(Errand errand, Func<IRunStore, T> work, Action<long, T?, Exception?> answer)
    {
        if (!_queues.TryGetValue(errand, out var queue))
        {
            _queues[errand] = queue = new BlockingCollection<Action>();
            var thread = new Thread(() => Work(queue)) { IsBackground = true, Name = $"actorsnn store {errand}" };
            _threads.Add(thread);
            thread.Start();
        }
        if (queue.IsAddingCompleted) return;
        queue.Add(() =>
        {
            T? result = default;
            Exception? failure = null;
            try
            {
                result = work(store);
            }
            catch (Exception e)
            {
                failure = e;
            }
            post(now => answer(now, result, failure));
        });
    }

    /// <summary>Takes no more errands.</summary>
    public void Close()
    {
        foreach (var queue in _queues.Values) queue.CompleteAdding();
    }

    /// <summary>Waits until what has been begun is finished, unless the store hangs.</summary>
    public void Join()
    {
        foreach (var thread in _threads) thread.Join(JoinMs);
    }

    private static void Work(BlockingCollection<Action> queue)
    {
        foreach (var errand in queue.GetConsumingEnumerable()) errand();
    }
}
