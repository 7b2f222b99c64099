using System.CommandLine;
using System.Text.Json.Nodes;
using ActorSnn.Cli.Clusters;
using ActorSnn.Cli.Output;
using ActorSnn.Mesh.Stores;
using ActorSnn.Mesh.Tcp;
using ActorSnn.Stores;

namespace ActorSnn.Cli.Commands;

/// <summary><c>actorsnn node</c></summary>
internal static class NodeCommand
{
    public static Command Create()
    {
        var listen = Options.Text("--listen", "HOST:PORT", "Where the node listens; port 0 takes a free one.");
        var advertise = Options.Text("--advertise", "HOST:PORT", "Where the others reach it, and its name. Default: where it listens.");
        var join = Options.Text("--join", "HOST:PORT", "Nodes to connect to at first, with commas in between. Default: none; the others join this one.");
        var store = Options.Text("--store", "CONNECTION", $"The store all nodes share. {RunStores.Forms}.");
        var protection = new ProtectionOptions();
        var detection = Options.Number<int>(
            "--detection-ms", NodeLimits.LeastMs, "Milliseconds without a sign of life after which a node counts as lost. Default: 2,000.", NodeLimits.MostMs);
        var lease = Options.Number<int>("--lease-ms", NodeLimits.LeastMs, "Milliseconds the right to coordinate is given for. Default: 2,000.", NodeLimits.MostMs);
        var timeout = Options.Number<int>(
            "--store-timeout", 1, "Seconds a node goes on trying to reach the store before it ends. Default: 60.", NodeLimits.MostMs / 1000);
        var faults = new Option<bool>("--allow-faults") { Description = "Obey commands that break the node on purpose." };
        var config = Options.Text("--config", "FILE", "Settings of the node, YAML for tcp and HOCON for akka; options here win over the file.");
        var engine = Options.NodeEngine();
        var check = new Option<bool>("--check") { Description = "Find out whether a node can be run with these settings, without starting it or opening the store." };
        var withInput = new Option<bool>("--until-input-ends") { Description = "Leave when standard input ends.", Hidden = true };
        var json = Options.Json();
        var command = new Command("node",
            $"Run a node of a cluster: it joins the others, runs its share of their runs, and takes over what others lose. Ctrl-C or SIGTERM: with tcp it leaves at once; with akka it hands its cores over at the next checkpoint first. {ExitCode.Help}")
        {
            listen, advertise, join, store,
        };
        protection.AddTo(command);
        foreach (var option in new Option[] { engine, detection, lease, timeout, faults, config, check, withInput, json }) command.Add(option);
        command.SetAction(arguments =>
        {
            using var interruption = new Interruption();
            var given = new NodeSettings
            {
                Listen = arguments.GetValue(listen),
                Advertise = arguments.GetValue(advertise),
                Join = arguments.GetValue(join) is { } list ? ClusterAddresses.Split(list) : null,
                Store = arguments.GetValue(store),
                Protection = protection.SettingsOf(arguments),
                DetectionMs = arguments.GetValue(detection),
                LeaseMs = arguments.GetValue(lease),
                StoreTimeoutSeconds = arguments.GetValue(timeout),
                AllowFaults = arguments.GetValue(faults) ? true : null,
            };
            var (kind, file) = (Engines.OfNode(arguments.GetValue(engine)), arguments.GetValue(config));
            var (options, connection) = Checked(given.Or(kind.Read(file)));
            if (!arguments.GetValue(check))
            {
                return Run(kind, file, options, connection, NodeLog.Create(arguments.GetValue(json)), arguments.GetValue(withInput), interruption.Token);
            }
            string name = options.Advertise ?? options.Listen;
            if (arguments.GetValue(json)) JsonReport.Write(new JsonObject { ["event"] = "checked", ["name"] = name });
            else TextConsole.Line($"a node {name} can be run like this");
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>How the node is run, and the connection of its store.</summary>
    /// <exception cref="UsageException">Something is missing, or a node may not be run like this.</exception>
    private static (TcpNodeOptions Options, string Store) Checked(NodeSettings settings)
    {
        var options = settings.ToOptions();
        string store = settings.Store ?? throw new UsageException($"--store CONNECTION is missing: the store all nodes share; {RunStores.Forms}");
        try
        {
            options.Check();
            RunStores.Check(store);
        }
        catch (StoreException e)
        {
            throw new UsageException($"--store: {e.Message}");
        }
        catch (IOException e)
        {
            throw new UsageException(e.Message);
        }
        return (options, store);
    }

    private static int Run(INodeEngine engine, string? file, TcpNodeOptions options, string connection, NodeLog log, bool untilInputEnds, CancellationToken stop)
    {
        using var store = OpenStore(connection);
        using var node = engine.Start(file, options, store, log.Say);
        log.Began(node, store.Address, options.AllowFaults);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (untilInputEnds) new Thread(() => WaitForEndOfInput(ending)) { IsBackground = true, Name = "input" }.Start();
        try
        {
            node.Completion.Wait(ending.Token);
        }
        catch (OperationCanceledException)
        {
            log.Ended("leaving");
            return ExitCode.Interrupted;
        }
        string? reason = node.Completion.Result;
        log.Ended(reason ?? "drained");
        if (reason is null) return ExitCode.Done;
        Failures.Say($"{node.Name}: {reason}");
        return ExitCode.Failed;
    }

    private static IRunStore OpenStore(string connection)
    {
        try
        {
            return RunStores.Open(connection);
        }
        catch (StoreException e)
        {
            throw new UsageException($"--store: {e.Message}");
        }
    }

    private static void WaitForEndOfInput(CancellationTokenSource ending)
    {
        while (Console.In.Read() >= 0)
        {
        }
        try
        {
            ending.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }
}
