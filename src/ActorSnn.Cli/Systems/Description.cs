using System.Text.Json.Nodes;

namespace ActorSnn.Cli.Systems;

/// <summary>What there is to say about a system or a model.</summary>
/// <param name="System">Name of the system.</param>
/// <param name="Facts">Name and value of what is to be said.</param>
internal record Description(string System, JsonObject Facts)
{
    /// <summary>The model's weights as images; null for a system without a model.</summary>
    public WeightImages? Weights { get; init; }

    public virtual JsonObject ToJson() => new() { ["event"] = "description", ["system"] = System, ["facts"] = Facts.DeepClone() };
}
