using ActorSnn.Mesh.Tests;

namespace ActorSnn.Mesh.Akka.Tests;

/// <summary>The akka engine passes what every engine has to.</summary>
public class AkkaEngineTests : EngineConformanceTests
{
    protected override IEngine Engine { get; } = new AkkaEngine();
}
