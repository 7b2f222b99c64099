using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Mesh.Cluster;

/// <summary>What nodes, the coordinator and clients say to each other; JSON in UTF-8. Spikes travel apart from it, see <see cref="NodeGateway"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "is", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(Members), "members")]
[JsonDerivedType(typeof(Lead), "lead")]
[JsonDerivedType(typeof(NodeStatus), "node-status")]
[JsonDerivedType(typeof(Leaving), "leaving")]
[JsonDerivedType(typeof(Assign), "assign")]
[JsonDerivedType(typeof(Ready), "ready")]
[JsonDerivedType(typeof(BuildFailed), "build-failed")]
[JsonDerivedType(typeof(Start), "start")]
[JsonDerivedType(typeof(PartsStored), "parts-stored")]
[JsonDerivedType(typeof(Committed), "committed")]
[JsonDerivedType(typeof(Extended), "extended")]
[JsonDerivedType(typeof(PeerLost), "peer-lost")]
[JsonDerivedType(typeof(CoreFailed), "core-failed")]
[JsonDerivedType(typeof(CoreGone), "core-gone")]
[JsonDerivedType(typeof(Release), "release")]
[JsonDerivedType(typeof(Drained), "drained")]
[JsonDerivedType(typeof(ClientRequest), "request")]
[JsonDerivedType(typeof(ClientReply), "reply")]
internal abstract record ControlMessage
{
    /// <summary>Longest message, in bytes.</summary>
    public const int MaxBytes = NodeGateway.MaxPayload;

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        RespectNullableAnnotations = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireWhatIsWritten } },
        MaxDepth = 32,
    };

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Reads a message; null when it is none.</summary>
    public static ControlMessage? TryRead(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<ControlMessage>(bytes, Json);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>A message is whole or none: only what may be null, which is not written then, and what has a default may be missing.</summary>
    private static void RequireWhatIsWritten(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.AssociatedParameter is { HasDefaultValue: false, IsNullable: false } parameter && Nullable.GetUnderlyingType(parameter.ParameterType) is null) property.IsRequired = true;
        }
    }
}

/// <summary>Nodes the sender knows of.</summary>
internal sealed record Members(ImmutableArray<string> Nodes) : ControlMessage;

/// <summary>The sender coordinates, under a term of the lease.</summary>
internal sealed record Lead(long Term) : ControlMessage;

/// <summary>How a node stands. Sent to the coordinator several times within the detection time.</summary>
/// <param name="Reaches">Nodes it has a link to.</param>
/// <param name="Run">The run it has cores of; null for none.</param>
/// <param name="Epoch">The epoch it runs them in.</param>
/// <param name="Tick">The last tick all its cores have run.</param>
/// <param name="Furthest">The last tick any of its cores has run.</param>
/// <param name="Trouble">What keeps it from going on; null for nothing.</param>
/// <param name="IsDraining">Whether it wants to be left without cores, and to end.</param>
/// <param name="TakesCores">Whether it may have any.</param>
internal sealed record NodeStatus(
    ImmutableArray<string> Reaches, string? Run, long Epoch, long Tick, long Furthest, string? Trouble, bool IsDraining, bool TakesCores = true) : ControlMessage;

/// <summary>The sender is about to end.</summary>
internal sealed record Leaving : ControlMessage;

/// <summary>The versioned placement: build these cores, and restore them from a checkpoint.</summary>
/// <param name="Run">The run.</param>
/// <param name="Term">Term of the coordinator's lease.</param>
/// <param name="Epoch">The placement's version.</param>
/// <param name="Plan">What is to be run, see <see cref="RunPlan"/>.</param>
/// <param name="LastTick">The last tick to run: the plan's, or a later one.</param>
/// <param name="Nodes">The nodes.</param>
/// <param name="NodeOf">For each core the position of its node among <paramref name="Nodes"/>.</param>
/// <param name="From">The checkpoint to go on from; null for the beginning.</param>
/// <param name="Renewed">Ticks of later checkpoints, which cannot be used; they are made anew, so that what they recorded is not there twice.</param>
internal sealed record Assign(
    string Run, long Term, long Epoch, string Plan, long LastTick, ImmutableArray<string> Nodes, ImmutableArray<int> NodeOf, CheckpointManifest? From,
    ImmutableArray<long> Renewed) : ControlMessage;

/// <summary>The sender's cores stand where the checkpoint is.</summary>
/// <param name="Run">The run.</param>
/// <param name="Epoch">The placement's version.</param>
/// <param name="Furthest">The last tick any of its cores had run before.</param>
/// <param name="Threads">Threads that run them.</param>
internal sealed record Ready(string Run, long Epoch, long Furthest, int Threads) : ControlMessage;

/// <summary>The sender could not build its cores.</summary>
/// <param name="Run">The run.</param>
/// <param name="Epoch">The placement's version.</param>
/// <param name="Problem">Why.</param>
/// <param name="IsCheckpointDamaged">Whether it was the checkpoint; otherwise the run cannot go on.</param>
internal sealed record BuildFailed(string Run, long Epoch, string Problem, bool IsCheckpointDamaged) : ControlMessage;

/// <summary>All cores of the mesh stand at the checkpoint: go.</summary>
internal sealed record Start(string Run, long Epoch) : ControlMessage;

/// <summary>The sender's parts of a checkpoint are in the store.</summary>
internal sealed record PartsStored(string Run, long Epoch, long Tick, ImmutableArray<StoredPart> Parts) : ControlMessage;

/// <summary>A checkpoint is committed.</summary>
internal sealed record Committed(string Run, long Epoch, long Tick) : ControlMessage;

/// <summary>The run goes on to a later tick.</summary>
internal sealed record Extended(string Run, long Epoch, long LastTick) : ControlMessage;

/// <summary>The sender has lost its link to a node of the placement.</summary>
internal sealed record PeerLost(string Run, long Epoch, string Node) : ControlMessage;

/// <summary>A core of the sender's threw, and its cores stand still: the run goes on from the last checkpoint, or fails.</summary>
internal sealed record CoreFailed(string Run, long Epoch, string Problem) : ControlMessage;

/// <summary>A core of the sender's was killed: the run goes on from the last checkpoint.</summary>
internal sealed record CoreGone(string Run, long Epoch, int Core) : ControlMessage;

/// <summary>The run is over, or goes on without the receiver.</summary>
internal sealed record Release(string Run, long Epoch) : ControlMessage;

/// <summary>The receiver, which was to leave, has nothing any more that is needed.</summary>
internal sealed record Drained : ControlMessage;

/// <summary>What a client asks. The answer carries the same number.</summary>
internal sealed record ClientRequest(long Number, ClientAction Action) : ControlMessage;

/// <summary>What a client gets to hear.</summary>
/// <param name="Number">The request's.</param>
/// <param name="Problem">Why it was not done; null when it was.</param>
/// <param name="Coordinator">Where to ask instead; null when the receiver was the right one.</param>
/// <param name="Cluster">How the cluster stands, when that was asked.</param>
/// <param name="Run">How a run stands, when that was asked.</param>
/// <param name="Plan">The run's plan, when that was asked.</param>
/// <param name="Checkpoints">Its checkpoints, when they were asked for.</param>
/// <param name="Bytes">Bytes, when they were asked for.</param>
/// <param name="Faults">What faults did, when something about faults was asked.</param>
internal sealed record ClientReply(
    long Number, string? Problem = null, string? Coordinator = null, ClusterStatus? Cluster = null, RunProgressReport? Run = null, string? Plan = null,
    ImmutableArray<CheckpointManifest>? Checkpoints = null, byte[]? Bytes = null, FaultReport? Faults = null) : ControlMessage;

/// <summary>What clients can ask for.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(AskStatus), "status")]
[JsonDerivedType(typeof(AskRun), "run")]
[JsonDerivedType(typeof(Upload), "upload")]
[JsonDerivedType(typeof(Submit), "submit")]
[JsonDerivedType(typeof(StopRun), "stop")]
[JsonDerivedType(typeof(ContinueRun), "continue")]
[JsonDerivedType(typeof(Extend), "extend")]
[JsonDerivedType(typeof(DrainNode), "drain")]
[JsonDerivedType(typeof(ListCheckpoints), "checkpoints")]
[JsonDerivedType(typeof(FetchPart), "fetch")]
[JsonDerivedType(typeof(FetchNetwork), "network")]
[JsonDerivedType(typeof(RemoveRun), "remove")]
[JsonDerivedType(typeof(DisturbFrames), "disturb-frames")]
[JsonDerivedType(typeof(MendFrames), "mend-frames")]
[JsonDerivedType(typeof(SlowDown), "slow-down")]
[JsonDerivedType(typeof(Kill), "kill")]
[JsonDerivedType(typeof(BreakProcess), "break-process")]
[JsonDerivedType(typeof(CutOff), "cut-off")]
[JsonDerivedType(typeof(AskFaults), "faults")]
internal abstract record ClientAction;

/// <summary>How the cluster and its runs stand.</summary>
internal sealed record AskStatus : ClientAction;

/// <summary>How one run stands, and its plan.</summary>
internal sealed record AskRun(string Run) : ClientAction;

/// <summary>A piece of a network that is about to be submitted on the same connection; the first has offset 0.</summary>
internal sealed record Upload(long Offset, byte[] Piece) : ClientAction;

/// <summary>Enters a run of the network that was uploaded.</summary>
/// <param name="Name">Beginning of its name; a number follows.</param>
/// <param name="Plan">The plan.</param>
/// <param name="Sha256">Of the network's bytes, in lower-case hex.</param>
internal sealed record Submit(string Name, string Plan, string Sha256) : ClientAction;

/// <summary>Stops a run at its next checkpoint.</summary>
internal sealed record StopRun(string Run) : ClientAction;

/// <summary>Goes on with a run that was stopped.</summary>
internal sealed record ContinueRun(string Run) : ClientAction;

/// <summary>Lets an open run go on to a later tick.</summary>
internal sealed record Extend(string Run, long LastTick) : ClientAction;

/// <summary>Takes the cores from a node at the next checkpoint, and lets it leave.</summary>
internal sealed record DrainNode(string Node) : ClientAction;

/// <summary>The checkpoints of a run, from a tick on.</summary>
internal sealed record ListCheckpoints(string Run, long FromTick) : ClientAction;

/// <summary>A piece of a part of a checkpoint.</summary>
internal sealed record FetchPart(string Run, StoredPart Part, long Offset) : ClientAction;

/// <summary>A piece of a run's network.</summary>
internal sealed record FetchNetwork(string Run, long Offset) : ClientAction;

/// <summary>Removes a run that is over, with all that belongs to it.</summary>
internal sealed record RemoveRun(string Run) : ClientAction;
