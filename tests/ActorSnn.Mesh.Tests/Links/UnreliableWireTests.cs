using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Tests.Links;

/// <summary>Whatever a wire does, each payload arrives once and in order, and what was done to the frames is counted.</summary>
public class UnreliableWireTests
{
    private const int Seeds = 600;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Every_payload_arrives_once_and_in_order(int part)
    {
        var seen = new Dictionary<string, long>();
        for (int seed = part * Seeds; seed < (part + 1) * Seeds; seed++)
        {
            try
            {
                new UnreliableWire(seed, seen).Run();
            }
            catch (Exception cause)
            {
                throw new Xunit.Sdk.XunitException($"seed {seed}: {cause.Message}", cause);
            }
        }
        foreach (var (what, times) in seen) Assert.True(times >= 50 || what == nameof(LinkCounters.AfterFailure), $"{what}: {times} times, in {Seeds} runs");
    }
}
