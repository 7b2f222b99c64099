using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorSnn.Bench;

// How fast are the built-in networks, beside Brian2's C++ standalone device? Usage: ActorSnn.Bench.Networks [ROUNDS] [NETWORK ...]
// Starts `actorsnn run` anew for every figure, as a user does. Brian2's part needs Debian's python3-brian and g++; without them it is left out.
const string Python = "/usr/bin/python3"; // the one Debian's packages belong to
int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 7;
var wanted = args.Skip(1).ToHashSet();
bool hasBrian = File.Exists(Python) && Start(Python, ["-c", "import brian2"], "").Code == 0;
if (!hasBrian) Console.WriteLine("no Brian2 here (Debian: apt-get install python3-brian g++); its lines are left out");

Compare("cuba-4000", "cuba", 4000, ["cuba"]);
Compare("cuba-20000", "cuba", 20_000, ["cuba", "--neurons", "20000"]);
Compare("coba-4000", "coba", 4000, ["coba"]);
Compare("brunel", "brunel", 12_500, ["brunel"]);
Compare("sparse", null, 0, ["sparse"]);

void Compare(string title, string? brian, int neurons, string[] network)
{
    if (wanted.Count > 0 && !wanted.Contains(title)) return;
    const string One = "actorsnn, 1 thread, run";
    const string Two = "actorsnn, 2 threads, run";
    const string Whole = "actorsnn, 1 thread, from start to result";
    const string Brian = "Brian2 C++ standalone, 1 thread, run";
    var build = new List<double>();
    long memory = 0;
    var hashes = new HashSet<string>();
    double whole = 0;

    double Run(int threads)
    {
        long start = Stopwatch.GetTimestamp();
        var (code, output) = Start(Command(), [.. CommandStart(), "run", .. network, "--threads", $"{threads}", "--json", "--quiet"], "");
        if (code != 0) throw new InvalidOperationException($"actorsnn run {string.Join(' ', network)} failed");
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var result = JsonNode.Parse(output)!;
        build.Add(result["buildSeconds"]!.GetValue<double>());
        memory = Math.Max(memory, result["peakMemoryBytes"]!.GetValue<long>());
        hashes.Add(result["stateHash"]!.GetValue<string>());
        if (threads == 1) whole = seconds;
        return result["seconds"]!.GetValue<double>() * 1e6;
    }

    var run = new SideBySide(rounds, warmups: 1).AddReported(One, _ => Run(1)).AddReported(Whole, _ => whole * 1e6).AddReported(Two, _ => Run(2));
    string directory = Path.Combine(Path.GetTempPath(), $"actorsnn-brian2-{Environment.ProcessId}-{title}");
    if (hasBrian && brian is not null)
    {
        long start = Stopwatch.GetTimestamp();
        string script = Path.Combine(AppContext.BaseDirectory, "brian2_networks.py");
        if (Start(Python, [script, brian, $"{neurons}", "1000", directory], "").Code != 0) throw new InvalidOperationException($"Brian2 could not build {title}");
        Console.WriteLine($"{title}: Brian2 generated and compiled for {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
        run.AddReported(Brian, _ =>
        {
            if (Start(Path.Combine(directory, "main"), [], directory).Code != 0) throw new InvalidOperationException($"Brian2's {title} failed");
            string seconds = File.ReadAllText(Path.Combine(directory, "results", "last_run_info.txt")).Split(' ')[0];
            return double.Parse(seconds, CultureInfo.InvariantCulture) * 1e6;
        });
    }
    run.Run();
    Console.WriteLine(title);
    run.Print("second");
    if (hasBrian && brian is not null)
    {
        Console.WriteLine($"  Brian2 / actorsnn, 1 thread:  {run.Ratio(Brian, One):F2}");
        Console.WriteLine($"  Brian2 / actorsnn, 2 threads: {run.Ratio(Brian, Two):F2}");
        Directory.Delete(directory, recursive: true);
    }
    Console.WriteLine($"  1 thread / 2 threads:         {run.Ratio(One, Two):F2}");
    Console.WriteLine($"  build: median {build.Order().ElementAt(build.Count / 2):F2} s; peak memory {memory >> 20} MB; same state hash in all runs: {hashes.Count == 1}");
}

static string Command() => Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet";

static string[] CommandStart() => [Path.Combine(AppContext.BaseDirectory, "actorsnn.dll")];

static (int Code, string Output) Start(string program, string[] arguments, string directory)
{
    using var process = Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = directory,
    })!;
    var errors = process.StandardError.ReadToEndAsync();
    string output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    if (process.ExitCode != 0) Console.Error.WriteLine(errors.Result);
    return (process.ExitCode, output);
}
