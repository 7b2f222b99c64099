using System.Collections.Immutable;
using System.Runtime.Serialization;
using System.Text;
using ActorSnn.Mesh.Akka.Nodes;
using ActorSnn.Mesh.Akka.Wire;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Links;
using ActorSnn.Mesh.Stores;
using Hyperion;
using HyperionSerializer = Hyperion.Serializer;

namespace ActorSnn.Mesh.Akka.Tests;

public sealed class ControlSerializerTests(NodeSystem node) : IClassFixture<NodeSystem>
{
    private const int Identifier = 7402;

    private static readonly StoredPart Part = new(new PartKey(5, PartKind.State, 1), 3, 1234, "ab12");

    private static readonly CheckpointManifest Manifest = new(5, 3, [Part, Part with { Key = new PartKey(5, PartKind.Records, 0) }], "{}");

    /// <summary>One of each kind there is, with every member set.</summary>
    private static readonly ImmutableArray<ControlMessage> OneOfEach =
    [
        new Members(["a:1", "b:2"]),
        new Lead(7),
        new NodeStatus(["a:1"], "run-1", 3, 10, 20, "trouble", true),
        new Leaving(),
        new Assign("run-1", 2, 3, "{}", 1000, ["a:1", "b:2"], [0, 1, 1], Manifest, [7, 9]),
        new Ready("run-1", 3, 20, 2),
        new BuildFailed("run-1", 3, "no", true),
        new Start("run-1", 3),
        new PartsStored("run-1", 3, 5, [Part]),
        new Committed("run-1", 3, 5),
        new Extended("run-1", 3, 2000),
        new PeerLost("run-1", 3, "b:2"),
        new CoreFailed("run-1", 3, "core 1 failed"),
        new CoreGone("run-1", 3, 1),
        new Release("run-1", 3),
        new Drained(),
        new ClientReply(1, "p", "c", new ClusterStatus("a", 1, "dir:x", [new NodeReport("a", 1, 2, true, false, "t")], [Report]), Report, "{}", [Manifest], [1, 2, 3],
            new FaultReport(5, new FaultCounts { Lost = 2, SentAgain = 3 })),
        .. Actions.Select(a => new ClientRequest(9, a)),
    ];

    private static RunProgressReport Report => new("run-1", RunStatus.Running, 3, 10, 5, 1000, 2, 3, 4, 1.5, new RecoveryHistory(1, 2, 5, 6), "p");

    private static ImmutableArray<ClientAction> Actions =>
    [
        new AskStatus(), new AskRun("r"), new Upload(3, [1, 2]), new Submit("r", "{}", "ab"), new StopRun("r"), new ContinueRun("r"), new Extend("r", 5), new DrainNode("a:1"),
        new ListCheckpoints("r", 4), new FetchPart("r", Part, 6), new FetchNetwork("r", 7), new RemoveRun("r"), new DisturbFrames(1, new FrameFault(LinkFaultKind.Delay, 0.5, 1, 2), 8, ["b:2"]),
        new MendFrames(1), new SlowDown(1, [0, 2], 3.5), new Kill([1]), new BreakProcess(NodeFaultKind.Freeze, 2), new CutOff(["b:2"], true), new AskFaults(),
    ];

    [Fact]
    public void Every_kind_of_message_arrives_as_it_was_sent()
    {
        var kinds = typeof(ControlMessage).Assembly.GetTypes().Where(t => !t.IsAbstract && (t.IsSubclassOf(typeof(ControlMessage)) || t.IsSubclassOf(typeof(ClientAction))));
        Assert.Equal(kinds.Select(t => t.Name).Order(), OneOfEach.Select(m => m.GetType()).Concat(Actions.Select(a => a.GetType())).Distinct().Select(t => t.Name).Order());
        foreach (var message in OneOfEach)
        {
            Assert.IsType<ControlSerializer>(node.Serialization.FindSerializerFor(message));
            var arrived = node.ThereAndBack(message);
            // Two descriptions that are equal are of equal messages: all their members are in them.
            Assert.Equal(Encoding.UTF8.GetString(message.ToBytes()), Encoding.UTF8.GetString(arrived.ToBytes()));
        }
    }

    [Fact]
    public void A_greeting_arrives_as_it_was_sent()
    {
        var greeting = new Greeting(GreetingStep.Answer, new PeerIdentity(PeerRole.Node, "a:1", "a:1", 5, "store"), 7, 8, 9);
        Assert.Equal(greeting, node.ThereAndBack(greeting));
        Assert.Null(greeting.FaultFor(greeting.Identity));
        Assert.Equal("node a:1 keeps its runs in store store, we in other", greeting.FaultFor(greeting.Identity with { StoreId = "other" }));
        Assert.NotNull((greeting with { Step = (GreetingStep)77 }).FaultFor(greeting.Identity));
        Assert.NotNull((greeting with { Identity = greeting.Identity with { Role = PeerRole.Client } }).FaultFor(greeting.Identity));
        Assert.NotNull((greeting with { Received = -1 }).FaultFor(greeting.Identity));
    }

    [Fact]
    public void Only_types_of_messages_are_known()
    {
        Assert.All(KnownTypes.Instance.All, type => Assert.True(
            type.Assembly == typeof(ControlMessage).Assembly || type == typeof(ManifestSurrogate) || type == typeof(Greeting) || type == typeof(GreetingStep) || type == typeof(ManifestSurrogate).GetProperty("Parts")!.PropertyType
            || type.IsPrimitive || type == typeof(string) || type == typeof(byte[])
            || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)), type.ToString()));
        Assert.DoesNotContain(typeof(object), KnownTypes.Instance.All);
        Assert.DoesNotContain(typeof(Type), KnownTypes.Instance.All);
    }

    [Fact]
    public void A_type_that_is_not_known_is_not_written()
    {
        var serializer = node.Serialization.FindSerializerForType(typeof(ControlMessage));
        foreach (object stranger in (object[])["text", new List<int>(), new Version(1, 2), new Stranger(1), typeof(string)])
            Assert.Throws<SerializationException>(() => serializer.ToBinary(stranger));
        // Nested, too: a message of a kind that only this test knows.
        Assert.ThrowsAny<Exception>(() => serializer.ToBinary(new StrangeMessage(new Stranger(2))));
        Assert.ThrowsAny<Exception>(() => serializer.ToBinary(new ClientRequest(1, new StrangeAction(new Stranger(3)))));
    }

    [Fact]
    public void A_type_that_is_not_known_is_not_read()
    {
        var careless = new HyperionSerializer(SerializerOptions.Default.WithVersionTolerance(false).WithPreserveObjectReferences(false).WithDisallowUnsafeType(false));
        object[] strangers =
        [
            "text", new List<int> { 1 }, new Version(1, 2), new Stranger(1), new Dictionary<string, object> { ["a"] = new Stranger(1) }, typeof(System.Diagnostics.Process), new object[] { new Start("r", 1) },
            new StrangeMessage(new Stranger(2)), new ClientRequest(1, new StrangeAction(new Stranger(3))), new System.Diagnostics.ProcessStartInfo("true"),
        ];
        foreach (object stranger in strangers)
        {
            using var stream = new MemoryStream();
            careless.Serialize(stranger, stream);
            Assert.Throws<SerializationException>(() => node.Serialization.Deserialize(stream.ToArray(), Identifier, ""));
        }
        Assert.Equal(0, Stranger.Made);
    }

    [Fact]
    public void A_message_that_was_cut_off_or_damaged_is_refused_or_is_another_message()
    {
        var random = new Random(1);
        var serializer = node.Serialization.FindSerializerForType(typeof(ControlMessage));
        foreach (var message in OneOfEach)
        {
            byte[] bytes = serializer.ToBinary(message);
            for (int i = 0; i < 20; i++) ReadOrRefuse(bytes[..random.Next(bytes.Length)]);
            for (int i = 0; i < 20; i++)
            {
                byte[] damaged = [.. bytes];
                damaged[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                ReadOrRefuse(damaged);
            }
        }
        Assert.Throws<SerializationException>(() => node.Serialization.Deserialize(new byte[ControlMessage.MaxBytes + 1], Identifier, ""));

        void ReadOrRefuse(byte[] bytes)
        {
            try
            {
                Assert.IsAssignableFrom<ControlMessage>(node.Serialization.Deserialize(bytes, Identifier, ""));
            }
            catch (SerializationException)
            {
                // What is to happen.
            }
        }
    }

    [Fact]
    public void Serializers_that_take_any_type_are_gone()
    {
        foreach (object stranger in (object[])[new Stranger(1), new object(), new List<int>()])
        {
            Assert.IsType<RefusingSerializer>(node.Serialization.FindSerializerFor(stranger));
            Assert.Throws<SerializationException>(() => node.ThereAndBack(stranger));
        }
        byte[] json = "{\"$id\":\"1\",\"$type\":\"System.Version, System.Private.CoreLib\"}"u8.ToArray();
        // Newtonsoft's and Hyperion's own numbers.
        foreach (int identifier in (int[])[1, -5]) Assert.ThrowsAny<Exception>(() => node.Serialization.Deserialize(json, identifier, "System.Version, System.Private.CoreLib"));
    }

    internal sealed class Stranger
    {
        public Stranger(int number) => Number = number;

        public static int Made { get; private set; }

        public int Number
        {
            get;
            set
            {
                field = value;
                if (value < 0) Made++;
            }
        }
    }

    internal sealed record StrangeMessage(object Inside) : ControlMessage;

    internal sealed record StrangeAction(object Inside) : ClientAction;
}
