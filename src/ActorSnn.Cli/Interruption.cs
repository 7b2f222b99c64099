using System.Runtime.InteropServices;

namespace ActorSnn.Cli;

/// <summary>The first Ctrl-C or SIGTERM asks to stop; a second one kills.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public Interruption() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
    ];

    public CancellationToken Token => _source.Token;

    /// <summary>Until it is disposed, the first signal ends the process: for work that cannot be stopped half way and of which nothing is kept.</summary>
    /// <param name="what">What is interrupted, for the one line that is said.</param>
    public IDisposable LeaveAtOnce(string what) => _source.Token.Register(() =>
    {
        Failures.Say($"interrupted while {what}; nothing was saved");
        Environment.Exit(ExitCode.Interrupted);
    });

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_source.IsCancellationRequested) Environment.Exit(ExitCode.Interrupted);
        _source.Cancel();
    }
}
