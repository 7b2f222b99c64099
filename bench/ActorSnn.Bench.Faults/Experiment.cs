using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace ActorSnn.Bench.Faults;

/// <summary>Runs the real command under scenarios, each in a process of its own.</summary>
/// <param name="data">Directory of the MNIST files.</param>
/// <param name="work">Directory for scenarios and models.</param>
internal sealed class Experiment(string data, string work)
{
    /// <summary>Training images.</summary>
    public const int Samples = 60_000;

    private int _runs;

    public string At(string name) => Path.Combine(work, name);

    /// <summary>Trains without faults; a model that is there already is not trained again.</summary>
    public string Model(int seed, int epochs)
    {
        string model = At($"mnist-{epochs}-epochs-seed{seed}.actorsnn");
        if (!File.Exists(model)) Run("train", "sbp", "--dataset", "mnist", "--data", data, "--epochs", $"{epochs}", "--seed", $"{seed}", "--out", model, "--json", "--quiet");
        return model;
    }

    /// <summary>Evaluates a model under faults.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">Seed of the scenario.</param>
    /// <param name="faults">The faults, as YAML; none for an undisturbed evaluation.</param>
    public Accuracy Evaluate(string model, int seed, params IReadOnlyList<string> faults) => Under(seed, faults, "eval", model, "--data", data);

    /// <summary>Trains under faults, and evaluates what was learned without them.</summary>
    /// <param name="seed">Seed of the training and of the scenario.</param>
    /// <param name="epochs">Passes over the training images.</param>
    /// <param name="faults">The faults, as YAML.</param>
    public (string Model, Accuracy Accuracy) Train(int seed, int epochs, params IReadOnlyList<string> faults)
    {
        string model = At($"under-faults-{_runs}.actorsnn");
        return (model, Under(seed, faults, "train", "sbp", "--dataset", "mnist", "--data", data, "--epochs", $"{epochs}", "--seed", $"{seed}", "--out", model));
    }

    /// <summary>Trains SSNN-BP under faults, and evaluates what was learned without them.</summary>
    /// <param name="seed">Seed of the training and of the scenario.</param>
    /// <param name="options">Options of the training.</param>
    /// <param name="faults">The faults, as YAML.</param>
    /// <returns>Accuracy by spikes and by rates.</returns>
    public (double Spikes, double Rate) TrainSsnnBp(int seed, IReadOnlyList<string> options, params IReadOnlyList<string> faults)
    {
        var accuracy = AccuraciesUnder(
            seed, faults, ["train", "ssnn-bp", "--dataset", "mnist", "--data", data, "--seed", $"{seed}", "--out", At($"under-faults-{_runs}.actorsnn"), .. options]);
        return (accuracy("spikes"), accuracy("rate"));
    }

    /// <summary>Trains a system of first spikes without faults; a model that is there already is not trained again.</summary>
    /// <param name="system">The system.</param>
    /// <param name="seed">Seed of the training.</param>
    /// <param name="options">Options of the training.</param>
    public string FirstSpikeModel(string system, int seed, IReadOnlyList<string> options)
    {
        string model = At($"{system}-seed{seed}.actorsnn");
        if (!File.Exists(model)) Run(["train", system, "--dataset", "mnist", "--data", data, "--seed", $"{seed}", "--out", model, "--json", "--quiet", .. options]);
        return model;
    }

    /// <summary>Evaluates a system of first spikes under faults.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">Seed of the scenario.</param>
    /// <param name="faults">The faults, as YAML; none for an undisturbed evaluation.</param>
    /// <returns>Its accuracy with one answer a sample.</returns>
    public double StrictOf(string model, int seed, params IReadOnlyList<string> faults) => AccuraciesUnder(seed, faults, ["eval", model, "--data", data])("strict");

    /// <summary>A rate or share as it stands in a scenario.</summary>
    public static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private Accuracy Under(int seed, IReadOnlyList<string> faults, params IReadOnlyList<string> command)
    {
        var accuracy = AccuraciesUnder(seed, faults, command);
        return new(accuracy("exact"), accuracy("spikes"), accuracy("potential"));
    }

    /// <summary>Accuracies by name.</summary>
    private Func<string, double> AccuraciesUnder(int seed, IReadOnlyList<string> faults, IReadOnlyList<string> command)
    {
        int run = _runs++;
        if (faults.Count == 0)
        {
            var sound = Run([.. command, "--json", "--quiet"])["accuracy"]!;
            return name => (double)sound[name]!;
        }
        string scenario = At($"scenario-{run}.yaml");
        File.WriteAllText(scenario, $"name: experiment {run}\nseed: {seed}\nfaults:\n{string.Concat(faults.Select(f => $"  - {f}\n"))}");
        var cost = Run(["faults", scenario, "--no-baseline", "--report", At($"scenario-{run}.html"), "--json", "--quiet", "--", .. command])["cost"]!["accuracy"]!;
        return name => (double)cost[name]!["disturbed"]!;
    }

    private static JsonObject Run(params IReadOnlyList<string> words)
    {
        var info = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        info.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "actorsnn.dll"));
        foreach (string word in words) info.ArgumentList.Add(word);
        using var process = Process.Start(info)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"actorsnn {string.Join(' ', words)} has ended with code {process.ExitCode}");
        return JsonNode.Parse(output.TrimEnd().Split('\n')[^1])!.AsObject();
    }
}

/// <summary>Accuracies on the test set.</summary>
internal readonly record struct Accuracy(double Exact, double Spikes, double Potential)
{
    /// <summary>The mean over several runs.</summary>
    public static Accuracy MeanOf(IReadOnlyCollection<Accuracy> all) => new(all.Average(a => a.Exact), all.Average(a => a.Spikes), all.Average(a => a.Potential));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{100 * Exact:0.00} % | {100 * Spikes:0.00} % | {100 * Potential:0.00} %");
}
