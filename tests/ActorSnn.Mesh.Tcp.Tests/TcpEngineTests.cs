using ActorSnn.Mesh.Tests;

namespace ActorSnn.Mesh.Tcp.Tests;

/// <summary>The tcp engine passes what every engine has to.</summary>
public class TcpEngineTests : EngineConformanceTests
{
    protected override IEngine Engine { get; } = new TcpEngine();
}
