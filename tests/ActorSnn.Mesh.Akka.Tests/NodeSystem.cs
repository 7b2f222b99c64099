using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace ActorSnn.Mesh.Akka.Tests;

/// <summary>An actor system with the settings of a node, that talks to nobody.</summary>
public sealed class NodeSystem : IDisposable
{
    public NodeSystem()
        : this("")
    {
    }

    /// <param name="settings">HOCON over the defaults.</param>
    internal NodeSystem(string settings)
    {
        System = ActorSystem.Create("actorsnn", Settings.ForNode(ConfigurationFactory.ParseString(settings)));
    }

    public ActorSystem System { get; }

    public Serialization Serialization => System.Serialization;

    public void Dispose() => System.Terminate().Wait();

    /// <summary>Writes and reads back, as on the way from one node to another.</summary>
    public T ThereAndBack<T>(T message)
        where T : class
    {
        var serializer = Serialization.FindSerializerFor(message);
        byte[] bytes = serializer.ToBinary(message);
        return (T)Serialization.Deserialize(bytes, serializer.Identifier, Serialization.ManifestFor(serializer, message));
    }
}
