using System.Text;
using ActorSnn.Mesh.Cluster;
using ActorSnn.Mesh.Faults;
using ActorSnn.Mesh.Stores;

namespace ActorSnn.Mesh.Tests.Cluster;

/// <summary>A message is whole or none: what is read can be dealt with.</summary>
public class ControlMessageTests
{
    private static readonly CheckpointManifest Manifest = new(9, 2, [new StoredPart(new PartKey(9, PartKind.Records, 1), 2, 5, "ab")], "{}");

    [Theory]
    [InlineData("""{"is":"request","number":1,"action":{"do":"upload","offset":0}}""")]
    [InlineData("""{"is":"request","number":1,"action":{"do":"drain"}}""")]
    [InlineData("""{"is":"request","number":1,"action":{"do":"disturb-frames","fault":0,"what":{"kind":"lose","rate":1},"seed":1}}""")]
    [InlineData("""{"is":"request","number":1,"action":{"do":"disturb-frames","fault":0,"seed":1,"to":["b"]}}""")]
    [InlineData("""{"is":"request","number":1,"action":{"do":"fetch","run":"r","part":{"key":{"tick":1,"kind":"state","number":0},"epoch":1,"length":1},"offset":0}}""")]
    [InlineData("""{"is":"request","number":1}""")]
    [InlineData("""{"is":"request","action":{"do":"status"}}""")]
    [InlineData("""{"is":"members"}""")]
    [InlineData("""{"is":"members","nodes":null}""")]
    [InlineData("""{"is":"node-status","run":"r","epoch":1,"tick":1,"furthest":1,"isDraining":false}""")]
    [InlineData("""{"is":"assign","run":"r","term":1,"epoch":1,"plan":"{}","lastTick":1,"nodes":["a"],"renewed":[]}""")]
    [InlineData("""{"is":"parts-stored","run":"r","epoch":1,"tick":1}""")]
    [InlineData("""{"is":"nothing"}""")]
    [InlineData("{}")]
    public void What_lacks_something_is_no_message(string json) => Assert.Null(ControlMessage.TryRead(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void What_is_written_can_be_read_whatever_of_it_is_null()
    {
        var report = new RunProgressReport("r", RunStatus.Running, 1, 2, 3, 4, 5, 6, 7, 8.5, new RecoveryHistory(), null);
        ControlMessage[] messages =
        [
            new Members(["a"]), new Lead(1), new NodeStatus([], null, 0, -1, -1, null, false), new NodeStatus(["a"], "r", 1, 2, 3, "t", true), new Leaving(),
            new Assign("r", 1, 2, "{}", 3, ["a"], [0], null, []), new Assign("r", 1, 2, "{}", 3, ["a"], [0], Manifest, [4]), new Ready("r", 1, 2, 3),
            new BuildFailed("r", 1, "p", true), new Start("r", 1), new PartsStored("r", 1, 2, [.. Manifest.Parts]), new Committed("r", 1, 2), new Extended("r", 1, 2),
            new PeerLost("r", 1, "a"), new CoreFailed("r", 1, "p"), new CoreGone("r", 1, 2), new Release("r", 1), new Drained(), new ClientReply(1), new ClientReply(1, "p"),
            new ClientReply(1, Coordinator: "a"), new ClientReply(1, Run: report, Plan: "{}"), new ClientReply(1, Run: report with { Problem = "p" }),
            new ClientReply(1, Cluster: new ClusterStatus("a", 1, "s", [new NodeReport("a", 1, 2, true, false, null)], [report], RunsLeftOut: 3)), new ClientReply(1, Checkpoints: [Manifest]),
            new ClientReply(1, Bytes: [1, 2]), new ClientReply(1, Faults: new FaultReport(1, new FaultCounts { Lost = 2 })),
            .. ((ClientAction[])
            [
                new AskStatus(), new AskRun("r"), new Upload(0, [1]), new Submit("n", "{}", "ab"), new StopRun("r"), new ContinueRun("r"), new Extend("r", 1), new DrainNode("a"),
                new ListCheckpoints("r", 1), new FetchPart("r", Manifest.Parts[0], 0), new FetchNetwork("r", 0), new RemoveRun("r"),
                new DisturbFrames(0, new FrameFault(LinkFaultKind.Delay, 0.5, 1, 2), 3, ["a"]), new MendFrames(0), new SlowDown(0, [1], 2.5), new Kill([1]),
                new BreakProcess(NodeFaultKind.Freeze, 1.5), new CutOff(["a"], false), new AskFaults(),
            ]).Select(a => new ClientRequest(1, a)),
        ];
        foreach (var message in messages)
        {
            string json = Encoding.UTF8.GetString(message.ToBytes());
            var read = ControlMessage.TryRead(message.ToBytes());
            Assert.True(read is not null, json);
            Assert.Equal(json, Encoding.UTF8.GetString(read.ToBytes()));
        }
    }
}
