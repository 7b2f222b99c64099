namespace ActorSnn.Tests;

/// <summary>
/// Runs what may hang on a thread of its own: threads of the pool are few, and who waits for one may wait for as long as another test keeps them busy.
/// </summary>
internal static class OwnThread
{
    /// <summary>Long after anything here should be over, on a busy machine as well: what is slow is no failure, what hangs is.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Starts it.</summary>
    /// <param name="work">What to run.</param>
    /// <returns>Its result, or a <see cref="TimeoutException"/> when there is none in time.</returns>
    public static Task<T> Run<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(Patience);

    /// <inheritdoc cref="Run{T}"/>
    public static Task Run(Action work) => Run(() =>
    {
        work();
        return true;
    });
}
