namespace ActorSnn.Cli;

/// <summary>What the process returns; documented in the help and kept stable for scripts.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int BadInput = 2;
    public const int Interrupted = 130;

    public const string Help = "Exit codes: 0 done, 1 failed while running, 2 bad input or usage, 130 interrupted.";
}
