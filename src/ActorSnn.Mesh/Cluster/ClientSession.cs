using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using ActorSnn.Mesh.Links;
using ActorSnn.Mesh.Stores;
using ActorSnn.Networks;

namespace ActorSnn.Mesh.Cluster;

/// <summary>
/// A client's connection to a node: requests in, one reply each. Only the coordinator answers, and other nodes say where it is; but each node is broken by an order to itself.
/// </summary>
/// <param name="node">The node.</param>
/// <param name="world">The store, and the connection.</param>
/// <param name="connection">Its number.</param>
internal sealed class ClientSession(ClusterNode node, INodeWorld world, long connection)
{
    /// <summary>Bytes of a piece of something long: in base 64 it fits a frame.</summary>
    public const int PieceBytes = 45_000;

    /// <summary>Bytes of a list in a reply; what is around it fits a frame beside it.</summary>
    private const int ListBytes = 60_000;

    /// <summary>Largest network that can be submitted, in bytes.</summary>
    public const int MaxNetworkBytes = 1 << 30;

    /// <summary>What is said when nobody coordinates.</summary>
    public const string NoCoordinator = "the cluster has no coordinator at present; try again in a moment";

    private readonly MemoryStream _upload = new();
    private (StoredPart Part, byte[] Bytes)? _fetched;
    private (string Run, byte[] Bytes)? _network;

    /// <summary>Takes a frame.</summary>
    public void Receive(long now, ReadOnlySpan<byte> frame)
    {
        if (ControlMessage.TryRead(frame) is not ClientRequest request)
        {
            world.Log("a client sent something that is no request");
            node.DropClient(connection);
            return;
        }
        if (request.Action is Upload upload)
        {
            Reply(new ClientReply(request.Number, Take(upload)));
            return;
        }
        if (request.Action is FaultAction fault)
        {
            string? refused = node.Obey(now, fault);
            Reply(new ClientReply(request.Number, refused, Faults: refused is null ? node.FaultReport : null));
            return;
        }
        var (here, elsewhere) = node.CoordinatorForClients;
        if (here is null)
        {
            Reply(elsewhere is null
                ? new ClientReply(request.Number, NoCoordinator)
                : new ClientReply(request.Number, Coordinator: elsewhere));
            return;
        }
        switch (request.Action)
        {
            case AskStatus:
                Reply(new ClientReply(request.Number, Cluster: Fitting(here.Status(now, node.Store))));
                break;
            case AskRun ask:
                var report = here.ReportOf(now, ask.Run);
                Reply(report is null ? NoRun(request, ask.Run) : new ClientReply(request.Number, Run: report, Plan: here.PlanOf(ask.Run)));
                break;
            case Submit submit:
                Enter(request, here, submit);
                break;
            case StopRun stop:
                Reply(new ClientReply(request.Number, here.Stop(stop.Run)));
                break;
            case ContinueRun run:
                Reply(new ClientReply(request.Number, here.Continue(run.Run)));
                break;
            case Extend extend:
                Reply(new ClientReply(request.Number, here.Extend(extend.Run, extend.LastTick)));
                break;
            case DrainNode drain:
                Reply(new ClientReply(request.Number, here.Drain(drain.Node)));
                break;
            case ListCheckpoints list:
                Read(request, store => Fitting(store.Checkpoints(list.Run).Where(c => c.Tick >= list.FromTick).OrderBy(c => c.Tick)),
                    checkpoints => new ClientReply(request.Number, Checkpoints: checkpoints));
                break;
            case FetchPart fetch:
                Read(
                    request,
                    store =>
                    {
                        if (_fetched?.Part != fetch.Part) _fetched = (fetch.Part, store.ReadPart(fetch.Run, fetch.Part));
                        return PieceOf(_fetched.Value.Bytes, fetch.Offset);
                    },
                    piece => new ClientReply(request.Number, Bytes: piece));
                break;
            case FetchNetwork fetch:
                Read(
                    request,
                    store =>
                    {
                        if (_network?.Run != fetch.Run) _network = (fetch.Run, store.ReadNetwork(fetch.Run));
                        return PieceOf(_network.Value.Bytes, fetch.Offset);
                    },
                    piece => new ClientReply(request.Number, Bytes: piece));
                break;
            case RemoveRun remove:
                Remove(request, here, remove.Run);
                break;
        }
    }

    private string? Take(Upload upload)
    {
        if (upload.Offset == 0) _upload.SetLength(0);
        if (upload.Offset != _upload.Length) return $"a piece at {upload.Offset} after {_upload.Length} bytes";
        if (_upload.Length + upload.Piece.Length > MaxNetworkBytes) return $"a network of more than {MaxNetworkBytes >> 20} MB";
        _upload.Write(upload.Piece);
        return null;
    }

    private void Enter(ClientRequest request, Coordinator coordinator, Submit submit)
    {
        byte[] network = _upload.ToArray();
        _upload.SetLength(0);
        if (Convert.ToHexStringLower(SHA256.HashData(network)) != submit.Sha256)
        {
            Reply(new ClientReply(request.Number, "the network did not arrive as it was sent"));
            return;
        }
        string name = coordinator.Reserve(submit.Name);
        world.Ask(
            Errand.Runs,
            store =>
            {
                RunPlan.FromJson(submit.Plan);
                NetworkBytes.Read(network, name);
                store.CreateRun(name, submit.Plan, network);
                return store.FindRun(name);
            },
            (now, record, failure) =>
            {
                coordinator.Entered(name, record);
                Reply(record is null
                    ? new ClientReply(request.Number, failure?.Message ?? "the run was not entered")
                    : new ClientReply(request.Number, Run: coordinator.ReportOf(now, name)));
            });
    }

    private void Remove(ClientRequest request, Coordinator coordinator, string run)
    {
        if (coordinator.Forget(run) is { } problem)
        {
            Reply(new ClientReply(request.Number, problem));
            return;
        }
        world.Ask(
            Errand.Read,
            store =>
            {
                store.RemoveRun(run);
                return true;
            },
            (_, _, failure) =>
            {
                if (failure is not null) coordinator.Recall(run);
                Reply(new ClientReply(request.Number, failure?.Message));
            });
    }

    private void Read<T>(ClientRequest request, Func<IRunStore, T> read, Func<T, ClientReply> reply) => world.Ask(Errand.Read, read, (_, result, failure) =>
        Reply(failure is null ? reply(result!) : new ClientReply(request.Number, failure.Message)));

    private static byte[] PieceOf(byte[] bytes, long offset)
    {
        if (offset < 0 || offset > bytes.Length) return [];
        return bytes.AsSpan((int)offset, (int)Math.Min(PieceBytes, bytes.Length - offset)).ToArray();
    }

    /// <summary>As many runs as a reply has room for: those that are not over, then the newest.</summary>
    private static ClusterStatus Fitting(ClusterStatus status)
    {
        int left = ListBytes - BytesOf(status with { Runs = [] });
        var kept = new HashSet<string>();
        foreach (var run in status.Runs.Reverse().OrderByDescending(r => r.Status == RunStatus.Running))
        {
            left -= BytesOf(run);
            if (left < 0) break;
            kept.Add(run.Name);
        }
        return kept.Count == status.Runs.Length ? status : status with { Runs = [.. status.Runs.Where(r => kept.Contains(r.Name))], RunsLeftOut = status.Runs.Length - kept.Count };
    }

    /// <summary>As many of the first checkpoints as a reply has room for, and one at least: who asks goes on behind the last.</summary>
    private static ImmutableArray<CheckpointManifest> Fitting(IEnumerable<CheckpointManifest> checkpoints)
    {
        int left = ListBytes;
        return [.. checkpoints.TakeWhile((c, i) => (left -= BytesOf(c)) >= 0 || i == 0)];
    }

    /// <summary>Bytes of an element of a list, with the comma behind it.</summary>
    private static int BytesOf<T>(T element) => JsonSerializer.SerializeToUtf8Bytes(element, ControlMessage.Json).Length + 1;

    private static ClientReply NoRun(ClientRequest request, string run) => new(request.Number, $"there is no run {run}");

    private void Reply(ClientReply reply)
    {
        byte[] bytes = reply.ToBytes();
        if (bytes.Length > Framing.MaxPayload) bytes = new ClientReply(reply.Number, "the answer is too long for a frame").ToBytes();
        world.Transmit(connection, bytes);
    }
}
