using System.Diagnostics;
using System.Text.Json.Nodes;

namespace ActorSnn.Cli.Tests;

/// <summary>The real command in a process of its own, in a directory of its own.</summary>
internal sealed class Cli : IDisposable
{
    /// <summary>Nothing here takes that long; a run that does hangs.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("actorsnn-test-").FullName;

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    public string At(string name) => Path.Combine(Directory, name);

    public string Write(string name, params byte[] bytes)
    {
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllBytes(At(name), bytes);
        return At(name);
    }

    /// <summary>Every file with its content, to find out whether anything has changed.</summary>
    public IReadOnlyDictionary<string, string> Files() => System.IO.Directory.GetFileSystemEntries(Directory, "*", SearchOption.AllDirectories)
        .ToDictionary(f => Path.GetRelativePath(Directory, f), f => File.Exists(f) ? Convert.ToHexString(File.ReadAllBytes(f)) : "directory");

    /// <summary>Runs to the end.</summary>
    /// <param name="arguments">Words separated by blanks.</param>
    /// <param name="environment">Variables to set.</param>
    public Ended Run(string arguments, params (string Name, string Value)[] environment)
    {
        using var running = Start(arguments, environment);
        return running.WaitForEnd();
    }

    /// <summary>Sends a signal to a process.</summary>
    public static void Signal(int process, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Whether there is a process of that number.</summary>
    public static bool IsRunning(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public Running Start(string arguments, params (string Name, string Value)[] environment) => new(Directory, arguments, environment);

    internal sealed record Ended(int Code, IReadOnlyList<string> Output, IReadOnlyList<string> Errors)
    {
        /// <summary>Stdout as JSON, a line an object.</summary>
        public IReadOnlyList<JsonObject> Json => [.. Output.Select(line => JsonNode.Parse(line)!.AsObject())];

        /// <summary>The last line of a run that went well.</summary>
        public JsonObject Result
        {
            get
            {
                Assert.True(Code == 0, $"exit code {Code}: {string.Join('\n', Errors)}");
                Assert.Empty(Errors);
                Assert.Equal("result", (string)Json[^1]["event"]!);
                return Json[^1];
            }
        }

        public string StateHash => (string)Result["stateHash"]!;
    }

    internal sealed class Running : IDisposable
    {
        private readonly Process _process;
        private readonly Task<List<string>> _errors;
        private readonly List<string> _output = [];

        public Running(string directory, string arguments, (string Name, string Value)[] environment)
        {
            // What runs tests in the background may have switched SIGINT off for its children.
            string[] start = [.. OperatingSystem.IsLinux() ? ["env", "--default-signal=INT"] : Array.Empty<string>(),
                "dotnet", Path.Combine(AppContext.BaseDirectory, "actorsnn.dll")];
            var info = new ProcessStartInfo(start[0])
            {
                WorkingDirectory = directory,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            };
            foreach (string word in start.Skip(1).Concat(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries))) info.ArgumentList.Add(word);
            info.Environment["ACTORSNN_DATA"] = Path.Combine(directory, "data");
            info.Environment.Remove("ACTORSNN_TRACE");
            foreach (var (name, value) in environment) info.Environment[name] = value;
            _process = Process.Start(info)!;
            _process.StandardInput.Close();
            _errors = Task.Run(() => Lines(_process.StandardError).ToList());
        }

        public Ended WaitForEnd()
        {
            using var watchdog = new Timer(_ => _process.Kill(), null, Patience, Timeout.InfiniteTimeSpan);
            _output.AddRange(Lines(_process.StandardOutput));
            _process.WaitForExit();
            return new Ended(_process.ExitCode, _output, _errors.Result);
        }

        /// <summary>Reads stdout until an event of a kind comes for the nth time.</summary>
        public JsonObject WaitForEvent(string kind, int times = 1)
        {
            using var watchdog = new Timer(_ => _process.Kill(), null, Patience, Timeout.InfiniteTimeSpan);
            foreach (string line in Lines(_process.StandardOutput))
            {
                _output.Add(line);
                var json = JsonNode.Parse(line)!.AsObject();
                if ((string)json["event"]! == kind && --times == 0) return json;
            }
            Assert.Fail($"no {kind} event: {string.Join('\n', _output.Concat(_errors.Result))}");
            return null!;
        }

        /// <summary>The events of a kind that have been read.</summary>
        public IReadOnlyList<JsonObject> Events(string kind) => [.. _output.Select(line => JsonNode.Parse(line)!.AsObject()).Where(e => (string)e["event"]! == kind)];

        public void Signal(string name) => Cli.Signal(_process.Id, name);

        public void Dispose()
        {
            if (!_process.HasExited) _process.Kill();
            _process.Dispose();
        }

        private static IEnumerable<string> Lines(StreamReader reader)
        {
            while (reader.ReadLine() is { } line) yield return line;
        }
    }
}

/// <summary>A fact about signals, which Windows does not have.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute() => Skip = OperatingSystem.IsWindows() ? "needs Unix signals" : null;
}

/// <summary>A fact about processes as Linux shows them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "needs /proc of Linux";
}

/// <summary>A theory about signals, which Windows does not have.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute() => Skip = OperatingSystem.IsWindows() ? "needs Unix signals" : null;
}

/// <summary>A fact about a terminal, for which <c>script</c> of util-linux stands in.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TerminalFactAttribute : FactAttribute
{
    public const string Script = "/usr/bin/script";

    public TerminalFactAttribute() => Skip = OperatingSystem.IsLinux() && File.Exists(Script) ? null : $"needs {Script} of util-linux";
}
