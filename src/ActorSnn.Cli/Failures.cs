using ActorSnn.Cli.Hosts;
using ActorSnn.Datasets;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;

namespace ActorSnn.Cli;

/// <summary>Turns what was thrown into one line on stderr and an exit code.</summary>
internal static class Failures
{
    /// <summary>When set to 1, the stack trace follows the line.</summary>
    private const string TraceVariable = "ACTORSNN_TRACE";

    public static int Report(Exception thrown)
    {
        var cause = thrown;
        while (cause is AggregateException { InnerExceptions: [var only] }) cause = only;
        if (cause is LeftRunException { IsAsked: true }) return ExitCode.Done;
        var (code, line) = cause switch
        {
            UsageException or DatasetException or NetworkException or ScenarioException or FaultRefusedException or ArchiveException or DamagedPartException => (ExitCode.BadInput, cause.Message),
            LeftRunException => (ExitCode.Interrupted, cause.Message),
            OperationCanceledException => (ExitCode.Interrupted, "interrupted"),
            CoreFailedException or IOException or UnauthorizedAccessException => (ExitCode.Failed, cause.Message),
            OutOfMemoryException => (ExitCode.Failed, "not enough memory; choose a smaller network or fewer samples"),
            _ => (ExitCode.Failed, $"unexpected {cause.GetType().Name}: {cause.Message} (set {TraceVariable}=1 to see where)"),
        };
        Say(line);
        if (Environment.GetEnvironmentVariable(TraceVariable) == "1") Console.Error.WriteLine(thrown);
        return code;
    }

    /// <summary>One line on stderr.</summary>
    public static void Say(string line) => Console.Error.WriteLine($"actorsnn: {line.ReplaceLineEndings(" ")}");
}
