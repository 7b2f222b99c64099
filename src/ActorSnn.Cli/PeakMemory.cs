using System.Diagnostics;

namespace ActorSnn.Cli;

/// <summary>The most memory the process has had resident so far.</summary>
internal static class PeakMemory
{
    private const string StatusFile = "/proc/self/status";
    private const string PeakField = "VmHWM:";

    public static long Bytes()
    {
        // On Linux the system's own high-water mark, in kB.
        if (OperatingSystem.IsLinux() && File.Exists(StatusFile)
            && File.ReadLines(StatusFile).FirstOrDefault(l => l.StartsWith(PeakField, StringComparison.Ordinal)) is { } line
            && long.TryParse(line.AsSpan(PeakField.Length).Trim().TrimEnd("kB").Trim(), out long kilobytes))
            return kilobytes * 1024;
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
