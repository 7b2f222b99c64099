using System.Diagnostics;
using System.Globalization;
using ActorSnn.Mesh.Faults;

namespace ActorSnn.Cli.Clusters;

/// <summary>What happens to this process when somebody orders it to break.</summary>
internal static class ProcessFaults
{
    /// <summary>Kills this process as <c>kill -9</c> does, or freezes it for a while. Who looks after it starts it again, or does not: that is no matter of its own.</summary>
    public static void Break(NodeFaultKind what, double seconds)
    {
        if (what == NodeFaultKind.Freeze) Freeze(seconds);
        else Process.GetCurrentProcess().Kill();
    }

    /// <summary>Lets a child stop this process and wake it again: who sleeps cannot. The child minds no Ctrl-C, and keeps nothing of this process open.</summary>
    private static void Freeze(double seconds)
    {
        string time = Math.Max(0, seconds).ToString("0.###", CultureInfo.InvariantCulture);
        int self = Environment.ProcessId;
        var info = new ProcessStartInfo("sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        info.ArgumentList.Add("-c");
        info.ArgumentList.Add($"trap '' INT TERM HUP; kill -STOP {self}; sleep {time}; kill -CONT {self}");
        using var child = Process.Start(info);
    }
}
