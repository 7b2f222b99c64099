using System.CommandLine;
using ActorSnn.Cli.Systems;
using ActorSnn.Stores;

namespace ActorSnn.Cli.Commands;

/// <summary>The options that say where checkpoints go and come from.</summary>
/// <param name="every">What --checkpoint-every counts, and its default.</param>
/// <param name="resume">What --resume does.</param>
internal sealed class CheckpointOptions(string every, string resume)
{
    public Option<string?> Store { get; } = Options.Text(
        "--store", "CONNECTION", $"Store for checkpoints: now and then, at the end and on Ctrl-C. {RunStores.Forms}. Default: none are written.");

    public Option<string?> Directory { get; } = Options.Text("--checkpoint", "DIR", "The same as --store dir:DIR.");

    public Option<int?> Every { get; } = Options.Number("--checkpoint-every", 1, every);

    public Option<bool> Resume { get; } = new("--resume") { Description = resume };

    public Option[] All => [Store, Directory, Every, Resume];

    /// <summary>What the command line wants.</summary>
    public CheckpointRequest RequestOf(ParseResult arguments) =>
        new(arguments.GetValue(Store), arguments.GetValue(Directory), arguments.GetValue(Every), arguments.GetValue(Resume));
}
