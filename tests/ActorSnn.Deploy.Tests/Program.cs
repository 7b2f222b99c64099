using System.Diagnostics;

namespace ActorSnn.Deploy.Tests;

/// <summary>Programs in processes of their own.</summary>
internal static class Program
{
    /// <summary>Nothing here takes that long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its code, and what it wrote.</returns>
    public static (int Code, string Output, string Errors) Run(string directory, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment.Remove("ACTORSNN_SECRET");
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var watchdog = new Timer(_ => process.Kill(entireProcessTree: true), null, Patience, Timeout.InfiniteTimeSpan);
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    /// <summary>Runs <c>actorsnn</c> to its end.</summary>
    public static (int Code, string Output, string Errors) ActorSnn(string directory, params string[] arguments) =>
        Run(directory, "dotnet", [Path.Combine(AppContext.BaseDirectory, "actorsnn.dll"), .. arguments]);

    /// <summary>Whether a program can be run with some arguments, and says that all is well.</summary>
    public static bool IsThere(string program, params string[] arguments)
    {
        try
        {
            return Run(Path.GetTempPath(), program, arguments).Code == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

/// <summary>A fact that needs a program the SDK does not bring; skipped with a message where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolFactAttribute : FactAttribute
{
    /// <param name="command">A command that ends well where the program is there.</param>
    public ToolFactAttribute(string command)
    {
        string[] words = command.Split(' ');
        if (!Program.IsThere(words[0], words[1..])) Skip = $"needs a program that is not here: {command}";
    }
}

/// <summary>A directory for one test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("actorsnn-deploy-").FullName;

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
