using System.CommandLine;
using System.Text.Json.Nodes;
using ActorSnn.Cli.Clusters;
using ActorSnn.Cli.Faults;
using ActorSnn.Cli.Hosts;
using ActorSnn.Cli.Output;
using ActorSnn.Cli.Systems;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Tcp;

namespace ActorSnn.Cli.Commands;

/// <summary><c>actorsnn faults SCENARIO.yaml -- train|run|eval …</c></summary>
internal static class FaultsCommand
{
    private const int MostNodes = 100;
    private const string OutOption = "--out";

    private static readonly string[] Inner = ["train", "run", "eval"];

    /// <summary>Options of the command behind -- that an experiment has no use for.</summary>
    private static readonly (string Name, string Reason)[] Refused =
    [
        ("--detach", "an experiment waits for what comes out"),
        ("--store", "an experiment is run from beginning to end"),
        ("--checkpoint", "an experiment is run from beginning to end"),
        ("--resume", "an experiment is run from beginning to end"),
        (RunFiles.ReportOption, "the experiment writes a report of its own; give it before --"),
        (RunFiles.RecordOption, "an experiment records nothing"),
        (RunFiles.SamplesOption, "an experiment records nothing"),
    ];

    public static Command Create()
    {
        var file = new Argument<string>("SCENARIO.yaml") { Description = "The scenario: what breaks, and when; see docs/fault-scenarios.md." };
        var words = new Argument<string[]>("COMMAND") { Description = "What to run, behind --: train SYSTEM …, run NETWORK … or eval MODEL …", Arity = ArgumentArity.OneOrMore };
        var nodes = Options.Number<int>("--nodes", 1, "Run on so many nodes of this machine, started for the experiment. In scenarios they are called node-1, node-2 and so on.", MostNodes);
        var detection = Options.Number<int>(
            "--detection-ms", NodeLimits.LeastMs, "With --nodes: milliseconds without a sign of life after which a node counts as lost. Default: 2,000.", NodeLimits.MostMs);
        var engine = Options.NodeEngine();
        var baseline = new Option<bool>("--no-baseline") { Description = "Do not run the command without faults first; there is nothing to compare with then." };
        var directory = Options.Text(OutOption, "DIR", "Directory for faults.html, faults.json and, of a training, the model. Default: faults-SCENARIO.html and .json in the current directory.");
        var page = Options.Text(RunFiles.ReportOption, "FILE.html", "Write the report to this file, and FILE.json beside it.");
        var json = Options.Json();
        var quiet = Options.Quiet();
        var command = new Command("faults",
            "Run a command under the faults of a scenario and report what was injected, what was detected, what it cost, and whether the state hash still matches that of the "
            + $"undisturbed run. Faults of the machine must not change it: exit code 1 when they do. {ExitCode.Help}")
        {
            file, words, nodes, engine, detection, baseline, directory, page, json, quiet,
        };
        command.SetAction(arguments =>
        {
            string path = arguments.GetRequiredValue(file);
            string[] inner = arguments.GetRequiredValue(words);
            if (!Inner.Contains(inner[0])) throw new UsageException($"\"{inner[0]}\" is no command that faults can be injected into; give {string.Join(", ", Inner)} behind --");
            if (LearningSystems.All.FirstOrDefault(s => inner[0] == "train" && inner.ElementAtOrDefault(1) == s.Name) is { IsOnMesh: false } plain)
                throw new UsageException($"train {plain.Name}: a network on no mesh has nothing that could break");
            foreach (var (name, reason) in Refused)
            {
                if (CommandWords.Has(inner, name)) throw new UsageException($"{name}: {reason}; leave it out");
            }
            var scenario = Scenario.Read(path);
            int? count = arguments.GetValue(nodes);
            if (count is null) Options.Refuse(arguments, [engine, detection], "needs --nodes N; leave it out");
            else if (inner[0] == "eval") throw new UsageException("--nodes: eval runs in this process; leave it out");
            else if (CommandWords.Has(inner, "--cluster")) throw new UsageException("--cluster: the nodes are those started with --nodes; leave one of them out");
            if (inner[0] == "eval" && scenario.MachineFaults.FirstOrDefault() is { } machine)
                throw new ScenarioException(scenario.File, machine.Line, $"faults[{machine.Place}]", $"\"{machine.Kind}\" happens to the machine, and eval is too short for that; give faults that reach neurons");
            if (count is null && !CommandWords.Has(inner, "--cluster") && scenario.MachineFaults.FirstOrDefault(f => f is NodeFault or CutNodes) is { } ofNodes)
                throw new ScenarioException(scenario.File, ofNodes.Line, $"faults[{ofNodes.Place}]", $"\"{ofNodes.Kind}\" needs nodes; give --nodes N, or behind -- a --cluster whose nodes allow faults");
            var files = ExperimentFiles.Of(path, arguments.GetValue(directory), arguments.GetValue(page));
            files.Require(arguments.GetValue(directory) is not null);
            bool isJson = arguments.GetValue(json) || inner.Contains("--json");
            bool isQuiet = arguments.GetValue(quiet) || inner.Contains("--quiet");
            if (isJson && !inner.Contains("--json")) inner = [.. inner, "--json"];
            if (isQuiet && !inner.Contains("--quiet")) inner = [.. inner, "--quiet"];
            var experiment = new Experiment(scenario, inner, files, !arguments.GetValue(baseline), isJson, isQuiet);
            return count is null ? experiment.Run(nodes: null) : OnNodes(
                experiment, count.Value, Engines.OfNode(arguments.GetValue(engine)), arguments.GetValue(detection), new LocalClusterReport(isJson, isQuiet));
        });
        return command;
    }

    private static int OnNodes(Experiment experiment, int count, INodeEngine engine, int? detectionMs, LocalClusterReport report)
    {
        string directory = Directory.CreateTempSubdirectory("actorsnn-faults-").FullName;
        try
        {
            using var interruption = new Interruption();
            string store = $"dir:{Path.Combine(directory, "store")}";
            List<string> options = ["--engine", engine.Name, "--store", store, "--allow-faults"];
            if (detectionMs is { } ms) options.AddRange(["--detection-ms", $"{ms}"]);
            using var cluster = new LocalCluster(options, directory, restarts: false, report);
            cluster.Start(count, interruption.Token);
            cluster.WaitUntilJoined(interruption.Token);
            report.Began(cluster.Nodes, store, directory);
            try
            {
                return experiment.Run(cluster);
            }
            catch (LeftRunException e) when (e.IsInterrupted)
            {
                Failures.Say("interrupted; the nodes are stopped, and no report was written");
                return ExitCode.Interrupted;
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>A command run twice: as it is, and under faults.</summary>
    /// <param name="scenario">The faults.</param>
    /// <param name="words">The command.</param>
    /// <param name="files">What is written.</param>
    /// <param name="compares">Whether it is run without faults, too.</param>
    /// <param name="isJson">Whether to print JSON.</param>
    /// <param name="isQuiet">Whether to print the result only.</param>
    private sealed class Experiment(Scenario scenario, IReadOnlyList<string> words, ExperimentFiles files, bool compares, bool isJson, bool isQuiet)
    {
        private bool IsTraining => words[0] == "train";

        /// <summary>Runs it and reports.</summary>
        /// <param name="nodes">The nodes to run on; null for where the command says.</param>
        public int Run(LocalCluster? nodes)
        {
            IReadOnlyList<string> where = nodes is null ? [] : ["--cluster", string.Join(',', nodes.Names)];
            ExperimentOutcome? undisturbed = null;
            if (compares)
            {
                int ended = RunUndisturbed(nodes, where, out undisturbed);
                if (ended != ExitCode.Done) return ended;
            }
            Announce("run under faults", hasFaults: true);
            var wrapper = new ExperimentWrapper(scenario, disturbs: true, nodes);
            int code = CommandLine.Invoke(CommandLine.Root(wrapper), [.. words, .. IsTraining && !CommandWords.Has(words, OutOption) ? [OutOption, files.Model] : Array.Empty<string>(), .. where]);
            if (code != ExitCode.Done || wrapper.Outcome is not { } disturbed) return code;
            var result = new ExperimentResult
            {
                Scenario = scenario,
                Command = $"{new ShellCommand(["actorsnn", .. words.Where(w => w is not ("--json" or "--quiet"))])}{(nodes is null ? "" : $" on {nodes.Names.Count} nodes")}",
                Undisturbed = undisturbed,
                Disturbed = disturbed,
                Injected = wrapper.Log.Injected,
                Counts = wrapper.Log.Counts,
            };
            try
            {
                result = ExperimentReport.Save(result, files);
            }
            finally
            {
                // Not lost when the files cannot be written after all.
                if (isJson) JsonReport.Write(result.ToJson());
                else ExperimentReport.Print(result);
            }
            if (!result.IsBroken) return ExitCode.Done;
            Failures.Say($"the state hash is {disturbed.StateHash}, not {undisturbed!.StateHash} as without faults; {files.Report} says what happened");
            return ExitCode.Failed;
        }

        /// <summary>The model of the undisturbed training is of no interest, and must not take the place of another.</summary>
        private int RunUndisturbed(LocalCluster? nodes, IReadOnlyList<string> where, out ExperimentOutcome? outcome)
        {
            Announce("undisturbed run", hasFaults: false);
            string directory = Directory.CreateTempSubdirectory("actorsnn-undisturbed-").FullName;
            try
            {
                var wrapper = new ExperimentWrapper(scenario, disturbs: false, nodes);
                string[] inner = IsTraining ? [.. CommandWords.Without(words, OutOption), OutOption, Path.Combine(directory, "model.actorsnn")] : [.. words];
                int code = CommandLine.Invoke(CommandLine.Root(wrapper), [.. inner, .. where]);
                outcome = wrapper.Outcome;
                return code;
            }
            finally
            {
                Directory.Delete(directory, recursive: true);
            }
        }

        private void Announce(string what, bool hasFaults)
        {
            if (isQuiet) return;
            if (isJson) JsonReport.Write(new JsonObject { ["event"] = "run", ["faults"] = hasFaults });
            else TextConsole.Line($"{what}:");
        }
    }
}
