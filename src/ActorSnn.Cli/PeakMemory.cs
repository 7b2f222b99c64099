using System.Diagnostics;

namespace ActorSnn.Cli;

/// <summary>The most memory the process has had resident so far; on Linux the system's high-water mark VmHWM.</summary>
internal static class PeakMemory
{
    public static long Bytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
