using ActorSnn.Bench;
using ActorSnn.Cores;
using ActorSnn.Datasets;
using ActorSnn.Learning.Sbp;
using ActorSnn.Mesh;
using ActorSnn.Mesh.Akka;
using ActorSnn.Mesh.Embedded;
using ActorSnn.Mesh.Tcp;
using ActorSnn.Networks;
using ActorSnn.Stores;

// How long does an exchange between two nodes of an Akka.NET cluster take, and what is it made of?
//   dotnet run -c Release --project bench/ActorSnn.Bench.Akka -p:AkkaEngine=true -- DATA [ROUNDS] [FILE.conf ...]
// DATA is a directory with the files of MNIST. Each FILE.conf, settings of a node over the defaults, is measured beside the defaults. Everything runs between two processes on loopback, unless said otherwise.
if (args is ["node", var engine, var settings, var listen, var storePath, var join])
{
    void Log(string line) => Console.Error.WriteLine($"{listen}: {line}");
    var store = RunStores.Open(storePath);
    string[] others = join.Length > 0 ? [join] : [];
    if (engine == "tcp")
    {
        using var node = new TcpNode(new TcpNodeOptions { Listen = listen, Join = others }, store, Log);
        Console.WriteLine(listen);
        Console.In.ReadLine();
        return;
    }
    var akka = new AkkaNode(new AkkaNodeOptions { Settings = SettingsOf(settings), Join = others }, store, new ClientDoor(listen, null, new ConnectionOptions(), Log), Log);
    Console.WriteLine(akka.Address);
    Console.In.ReadLine();
    return;
}
if (args is ["echo", "socket", var port])
{
    BarePingPong.Echo(int.Parse(port));
    return;
}
if (args is ["echo", "akka", var echoSettings])
{
    using var end = new ActorEnd(SettingsOf(echoSettings));
    Console.WriteLine(end.Address);
    Console.In.ReadLine();
    return;
}

const int Times = 5000;
const int Samples = 2000;

// About a frame of sBP's between two nodes, with the link's head: 190 bytes on average one way, 270 the other.
const int FrameBytes = 248;
const int LinkHeadBytes = 48;
string data = args.Length > 0 ? args[0] : ".";
int rounds = args.Length > 1 ? int.Parse(args[1]) : 5;
string[] files = ["", .. args.Skip(2).Select(Path.GetFullPath)];

const string Socket = "bare sockets";
const string Link = "link of the tcp engine, two threads";
const string One = "sBP, one process, 1 thread";
const string TcpNodes = "sBP, two tcp nodes";
var network = Sbp();
var placement = Placer.Place(network, new PlacementOptions(Workers: 2));
long ticks = SbpCircuit.TickAfterSamples(Samples);
var trips = new Dictionary<string, List<double>>();
var open = new Stack<IDisposable>();
T Opened<T>(T disposable)
    where T : IDisposable
{
    open.Push(disposable);
    return disposable;
}
var sockets = Opened(new BarePingPong(FrameBytes, "echo", "socket"));
var one = Opened(new EmbeddedEngine().Build(placement, new MeshOptions(1)));
var times = new SideBySide(rounds, 1)
    .AddReported(Socket, round => Half(Socket, round, sockets.Run(Times)))
    .AddReported(Link, round => Half(Link, round, RawLink.PingPong(Times, FrameBytes - LinkHeadBytes)))
    .Add(One, _ =>
    {
        one.RunTo(one.Tick + ticks);
        return ticks;
    });
AddSbp(TcpNodes, "tcp", "");
foreach (string file in files)
{
    var actors = Opened(new ActorEnd(SettingsOf(file)));
    var echo = Opened(new ActorEcho(file));
    times.AddReported(Mailboxes(file), round => Half(Mailboxes(file), round, actors.Inside(Times)));
    times.AddReported(Frame(file), round => Half(Frame(file), round, actors.Run(echo.Address, Times, FrameBytes, withCores: false)));
    times.AddReported(Cores(file), round => Half(Cores(file), round, actors.Run(echo.Address, Times, FrameBytes, withCores: true)));
    AddSbp(AkkaNodes(file), "akka", file);
}
times.Run();

Console.WriteLine($"Akka.NET {AkkaEngine.Version}; frames of {FrameBytes} bytes; sBP 400-400-10 on MNIST, {placement.Cores.Length} cores, {SbpCircuit.TrainingTicks} exchanges a sample; an exchange is half a round trip");
times.Print("exchange");
Console.WriteLine("round trips, us:");
foreach (var (name, all) in trips)
{
    all.Sort();
    Console.WriteLine($"  {name,-58} median {all[all.Count / 2],8:F1}   (10 % {all[all.Count / 10],8:F1}, 90 % {all[all.Count * 9 / 10],8:F1})");
}
void Against(string a, string b) => Console.WriteLine($"  {a} against {b}: {times.Ratio(a, b):F2}");
Against(TcpNodes, Link);
foreach (string file in files)
{
    Against(Frame(file), Socket);
    Against(Cores(file), Socket);
    Against(AkkaNodes(file), TcpNodes);
    Against(AkkaNodes(file), Cores(file));
    if (file == "") continue;
    Against(Cores(file), Cores(""));
    Against(AkkaNodes(file), AkkaNodes(""));
}
foreach (var disposable in open) disposable.Dispose();

string Mailboxes(string file) => Named("two actors of one process, two dispatchers", file);
string Frame(string file) => Named("akka: a frame between the nodes' actors", file);
string Cores(string file) => Named("akka: the same, with a core's actor at either end", file);
string AkkaNodes(string file) => Named("sBP, two akka nodes", file);
string Named(string what, string file) => file == "" ? what : $"{what}, {Path.GetFileName(file)}";

void AddSbp(string name, string engine, string file)
{
    var nodes = Opened(new TwoNodes("node", engine, file));
    long done = -1;
    times.AddReported(name, _ => nodes.Run(network, placement.Cores.Length, ticks, ref done) / ticks);
}

double Half(string name, int round, double[] us)
{
    // The first round warms up.
    if (round > 0) (trips.TryGetValue(name, out var all) ? all : trips[name] = []).AddRange(us);
    return us.Order().ElementAt(us.Length / 2) / 2;
}

Network Sbp()
{
    var train = new DataLocator(data).LoadTrain("mnist", null);
    var inputs = SbpEncoding.Encode(train.Pixels, train.Rows, train.Columns, 4);
    return SbpCircuit.Training(SbpWeights.Initialise(inputs.Size, 400, train.Classes, 1), inputs, BitFrames.OneHot(train.Labels, train.Classes), seed: 1);
}

static AkkaNodeSettings SettingsOf(string file) => AkkaNodeSettings.Read(file.Length > 0 ? file : null);
