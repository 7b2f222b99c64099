using System.Collections.Concurrent;
using ActorSnn.Mesh.Akka.Nodes;
using ActorSnn.Mesh.Akka.Wire;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Links;
using ActorSnn.Stores;
using Akka.Actor;
using Akka.Configuration;

namespace ActorSnn.Mesh.Akka.Tests;

/// <summary>A node and somebody who should not be there, each with an actor system of its own, over loopback.</summary>
public sealed class AkkaNodeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("actorsnn-akka-node-").FullName;
    private readonly ConcurrentQueue<string> _log = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task What_no_node_would_say_is_refused_and_the_node_goes_on()
    {
        var store = RunStores.Open($"dir:{_directory}");
        using var node = new AkkaNode(new AkkaNodeOptions(), store, new NoDoor(), _log.Enqueue);
        await Logged("coordinating, term 1");
        // It speaks the language of nodes, and everything else.
        const string careless = """
            akka {
              stdout-loglevel = OFF
              loglevel = OFF
              actor {
                provider = remote
                serializers {
                  frame = "ActorSnn.Mesh.Akka.Wire.LinkFrameSerializer, ActorSnn.Mesh.Akka"
                  control = "ActorSnn.Mesh.Akka.Wire.ControlSerializer, ActorSnn.Mesh.Akka"
                  broken = "ActorSnn.Mesh.Akka.Tests.AkkaNodeTests+BrokenSerializer, ActorSnn.Mesh.Akka.Tests"
                }
                serialization-bindings {
                  "ActorSnn.Mesh.Akka.Wire.LinkFrame, ActorSnn.Mesh.Akka" = frame
                  "ActorSnn.Mesh.Cluster.ControlMessage, ActorSnn.Mesh" = control
                  "ActorSnn.Mesh.Akka.Nodes.Greeting, ActorSnn.Mesh.Akka" = control
                  "ActorSnn.Mesh.Akka.Tests.AkkaNodeTests+Broken, ActorSnn.Mesh.Akka.Tests" = broken
                }
              }
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            }
            """;
        using var stranger = ActorSystem.Create("actorsnn", ConfigurationFactory.ParseString(careless));
        var target = stranger.ActorSelection($"akka.tcp://actorsnn@{node.Address}/user/node");
        var identity = new PeerIdentity(PeerRole.Node, "127.0.0.1:1", "127.0.0.1:1", 5, store.Id);
        object[] hostile =
        [
            "text", 5, new Version(1, 2), new LinkFrame(1, new byte[LinkHead.Size]), new Start("run-1", 1), new Drained(),
            new Broken(7401, "frame-1", [1, 2, 3]), new Broken(7401, "frame-9", new byte[100]), new Broken(7402, "", [255, 1, 2]), new Broken(7403, "journal-1", "{}"u8.ToArray()), new Broken(1, "System.Version", "{}"u8.ToArray()),
            new Greeting(GreetingStep.Call, null!, 1, 0, 0), new Greeting((GreetingStep)99, identity, 1, 0, 0), new Greeting(GreetingStep.Call, identity with { StoreId = "other" }, 1, 0, 0),
            new Greeting(GreetingStep.Confirmation, identity, 1, 2, 3), new Greeting(GreetingStep.Answer, identity, 1, 2, 3), new Greeting(GreetingStep.Farewell, identity, 1, 2, 3),
        ];
        foreach (object message in hostile) target.Tell(message);
        await Logged("keeps its runs in store other");
        await Logged("refused: ");

        // The node still answers who greets it as one should, and takes no frame before it is greeted.
        var answer = await target.Ask<Greeting>(new Greeting(GreetingStep.Call, identity, 7, 0, 0), Patience);
        Assert.Equal((GreetingStep.Answer, 7L, node.Name), (answer.Step, answer.For, answer.Identity.Name));
        Assert.False(node.Completion.IsCompleted);
        Assert.DoesNotContain(_log, line => line.Contains("an error inside the node"));
        node.Drain();
        Assert.Null(await node.Completion.WaitAsync(Patience));
    }

    private async Task Logged(string text)
    {
        long until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!_log.Any(l => l.Contains(text)))
        {
            Assert.True(Environment.TickCount64 < until, string.Join('\n', _log));
            await Task.Delay(20);
        }
    }

    /// <summary>Bytes as they are, under whatever serializer's name.</summary>
    internal sealed record Broken(int Identifier, string Manifest, byte[] Bytes);

    internal sealed class BrokenSerializer(ExtendedActorSystem system) : global::Akka.Serialization.SerializerWithStringManifest(system)
    {
        private int _identifier = 7777;

        public override int Identifier => _identifier;

        public override string Manifest(object o) => ((Broken)o).Manifest;

        public override byte[] ToBinary(object obj)
        {
            // Read right after this: messages are written one after the other.
            _identifier = ((Broken)obj).Identifier;
            return ((Broken)obj).Bytes;
        }

        public override object FromBinary(byte[] bytes, string manifest) => throw new NotSupportedException();
    }

    private sealed class NoDoor : IClientDoor
    {
        public string Address => "127.0.0.1:2";

        public void Open(PeerIdentity identity, IDoorVisitors visitors)
        {
        }

        public void Transmit(long client, ReadOnlySpan<byte> frame)
        {
        }

        public void Close(long client)
        {
        }

        public void Dispose()
        {
        }
    }
}
