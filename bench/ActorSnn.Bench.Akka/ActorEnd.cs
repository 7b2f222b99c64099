using System.Diagnostics;
using ActorSnn.Mesh.Akka;
using ActorSnn.Mesh.Akka.Cores;
using ActorSnn.Mesh.Akka.Wire;
using Akka.Actor;
using Settings = ActorSnn.Mesh.Akka.Settings;

namespace ActorSnn.Bench;

/// <summary>One end of a ping-pong of frames: an actor system with a node's settings, which belongs to no cluster, and actors that answer.</summary>
internal sealed class ActorEnd : IDisposable
{
    private readonly ActorSystem _system;

    /// <param name="settings">The node's settings.</param>
    public ActorEnd(AkkaNodeSettings settings)
    {
        _system = ActorSystem.Create("actorsnn", settings.Config);
        Place(null, withCores: false, "alone");
        Place(null, withCores: true, "with-cores");
        var address = ((ExtendedActorSystem)_system).Provider.DefaultAddress;
        Address = address.ToString();
    }

    /// <summary>Of its remoting.</summary>
    public string Address { get; }

    /// <summary>Sends a frame there and back, again and again.</summary>
    /// <param name="other">Address of the other end.</param>
    /// <param name="times">How often.</param>
    /// <param name="bytes">Bytes of the frame.</param>
    /// <param name="withCores">Whether it begins and turns round at a core's actor, else at a node's.</param>
    /// <returns>Microseconds of each round trip.</returns>
    public double[] Run(string other, int times, int bytes, bool withCores)
    {
        var trips = new RoundTrips(times);
        var actor = Place(trips, withCores, null);
        var echo = _system.ActorSelection($"{other}/user/{(withCores ? "with-cores" : "alone")}").ResolveOne(TimeSpan.FromSeconds(10)).GetAwaiter().GetResult();
        actor.Tell(new Begin(echo, new LinkFrame(1, new byte[bytes])));
        return trips.Wait();
    }

    /// <summary>The same without the way between the processes: a node's actor and a core's ring each other.</summary>
    public double[] Inside(int times)
    {
        var trips = new RoundTrips(times);
        Bell here = new();
        Bell there = new();
        here.Actor = _system.ActorOf(Props.Create(() => new CorePlace(trips, here, there)).WithDispatcher(Settings.NodeDispatcher));
        there.Actor = _system.ActorOf(Props.Create(() => new CorePlace(null, there, here)).WithDispatcher(Settings.CoreDispatcher));
        here.Ring();
        return trips.Wait();
    }

    public void Dispose() => _system.Terminate().GetAwaiter().GetResult();

    private IActorRef Place(RoundTrips? trips, bool withCores, string? name)
    {
        Bell node = new();
        Bell? core = null;
        if (withCores)
        {
            core = new Bell();
            core.Actor = _system.ActorOf(Props.Create(() => new CorePlace(trips, core, node)).WithDispatcher(Settings.CoreDispatcher));
        }
        return node.Actor = _system.ActorOf(Props.Create(() => new NodePlace(trips, node, core)).WithDispatcher(Settings.NodeDispatcher), name);
    }

    /// <summary>Where frames go from now on.</summary>
    private sealed record Begin(IActorRef Other, LinkFrame Frame);

    /// <summary>Times of round trips, taken by one actor.</summary>
    private sealed class RoundTrips(int times)
    {
        private readonly double[] _us = new double[times];
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _start;
        private int _done = -1;

        /// <summary>One has ended, or none has begun yet.</summary>
        /// <returns>Whether another shall begin.</returns>
        public bool Next()
        {
            if (_done >= 0) _us[_done] = Stopwatch.GetElapsedTime(_start).TotalMicroseconds;
            if (++_done == times)
            {
                _over.SetResult();
                return false;
            }
            _start = Stopwatch.GetTimestamp();
            return true;
        }

        public double[] Wait()
        {
            if (!_over.Task.Wait(TimeSpan.FromMinutes(5))) throw new InvalidOperationException($"{_done} of {times} round trips in five minutes");
            return _us;
        }
    }

    /// <summary>In the place of a node's actor.</summary>
    private sealed class NodePlace(RoundTrips? trips, Bell own, Bell? core) : UntypedActor
    {
        private IActorRef _other = ActorRefs.Nobody;
        private LinkFrame? _frame;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Begin begin:
                    (_other, _frame) = (begin.Other, begin.Frame);
                    Arrived();
                    break;
                case LinkFrame frame:
                    (_other, _frame) = (Sender, frame);
                    Arrived();
                    break;
                case Rung:
                    own.Answer();
                    Send();
                    break;
            }
        }

        private void Arrived()
        {
            if (core is not null) core.Ring();
            else if (trips is null || trips.Next()) Send();
        }

        private void Send() => _other.Tell(new LinkFrame(_frame!.Connection, _frame.Bytes), Self);
    }

    /// <summary>In the place of a core's actor.</summary>
    private sealed class CorePlace(RoundTrips? trips, Bell own, Bell node) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            own.Answer();
            if (trips is null || trips.Next()) node.Ring();
        }
    }
}

/// <summary>The other end, in a process of its own.</summary>
internal sealed class ActorEcho : IDisposable
{
    private readonly Process _process;

    /// <param name="settings">File of the node's settings; empty for the defaults.</param>
    public ActorEcho(string settings)
    {
        _process = OwnProcess.Start("echo", "akka", settings);
        Address = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the echo has ended");
    }

    /// <summary>Of its remoting.</summary>
    public string Address { get; }

    public void Dispose()
    {
        _process.StandardInput.WriteLine();
        _process.WaitForExit();
        _process.Dispose();
    }
}
