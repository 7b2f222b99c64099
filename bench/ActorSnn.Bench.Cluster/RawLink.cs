using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ActorSnn.Mesh.Links;
using ActorSnn.Mesh.Tcp;

namespace ActorSnn.Bench;

/// <summary>Bytes from one thread to another over loopback: through a link with its frames, checksums and acknowledgements, or through a bare socket.</summary>
internal static class RawLink
{
    /// <summary>Moves payloads through a link and returns the microseconds that took.</summary>
    /// <param name="payloads">How many.</param>
    /// <param name="bytes">Bytes of each.</param>
    public static double Link(int payloads, int bytes)
    {
        var (a, b) = Pair();
        var receiver = new Thread(() =>
        {
            using var end = new End(b, ConnectionSide.Listener, 2, 1);
            while (end.Taken < payloads) end.Poll(end.Taken == 0 || !end.PollOnce() ? 100 : 0);
            end.FlushAcknowledgements();
        });
        receiver.Start();
        using var sender = new End(a, ConnectionSide.Dialler, 1, 2);
        while (sender.Link is null) sender.Poll(100);
        var payload = new byte[bytes];
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < payloads; i++)
        {
            while (sender.Link.UnacknowledgedBytes > 4 << 20) sender.Poll(50);
            sender.Link.Send(sender.Now, 1, 1, payload);
            sender.Connection.Flush();
            if ((i & 7) == 0) sender.PollOnce();
        }
        while (sender.Link.UnacknowledgedBytes > 0) sender.Poll(50);
        double us = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        receiver.Join();
        return us;
    }

    /// <summary>Moves the same bytes through a bare socket.</summary>
    public static double Bare(int payloads, int bytes)
    {
        var (a, b) = Pair();
        long total = (long)payloads * bytes;
        var receiver = new Thread(() =>
        {
            var buffer = new byte[256 * 1024];
            for (long got = 0; got < total;) got += b.Receive(buffer);
            b.Send([1]);
            b.Dispose();
        });
        receiver.Start();
        var payload = new byte[bytes];
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < payloads; i++)
        {
            for (int sent = 0; sent < bytes;) sent += a.Send(payload.AsSpan(sent));
        }
        a.Receive(new byte[1]);
        double us = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        receiver.Join();
        a.Dispose();
        return us;
    }

    /// <summary>Payloads there and back through a link, between two threads that sleep until something comes.</summary>
    /// <param name="times">How often.</param>
    /// <param name="bytes">Bytes of each.</param>
    /// <returns>Microseconds of each round trip.</returns>
    public static double[] PingPong(int times, int bytes)
    {
        var (a, b) = Pair();
        var payload = new byte[bytes];
        var echo = new Thread(() =>
        {
            using var end = new End(b, ConnectionSide.Listener, 2, 1);
            for (int i = 1; i <= times; i++)
            {
                while (end.Taken < i) end.Poll(100);
                end.Link!.Send(end.Now, 1, 1, payload);
                end.Connection.Flush();
            }
            end.FlushAcknowledgements();
        });
        echo.Start();
        var us = new double[times];
        using (var end = new End(a, ConnectionSide.Dialler, 1, 2))
        {
            while (end.Link is null) end.Poll(100);
            for (int i = 0; i < times; i++)
            {
                long start = Stopwatch.GetTimestamp();
                end.Link.Send(end.Now, 1, 1, payload);
                end.Connection.Flush();
                while (end.Taken <= i) end.Poll(100);
                us[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }
            echo.Join();
        }
        return us;
    }

    private static (Socket, Socket) Pair()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var a = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        a.Connect(listener.LocalEndPoint!);
        var b = listener.Accept();
        b.NoDelay = true;
        return (a, b);
    }

    private sealed class End : IConnectionSink, ILinkSink, ILinkOutbox, IDisposable
    {
        private readonly byte[] _buffer = new byte[256 * 1024];
        private readonly long _start = Stopwatch.GetTimestamp();
        private readonly ulong _own;
        private readonly ulong _peer;

        public End(Socket socket, ConnectionSide side, ulong own, ulong peer)
        {
            (_own, _peer) = (own, peer);
            var refusals = new RefusalCounters();
            var identity = new PeerIdentity(PeerRole.Node, $"end-{own}", "", own, "");
            var nonce = new byte[Handshake.NonceSize];
            Random.Shared.NextBytes(nonce);
            Connection = new NodeConnection((long)own, new SocketTransport(socket), new Handshake(side, identity, nonce, [], _ => 0, refusals), refusals, 0, null);
        }

        public NodeConnection Connection { get; }

        public LinkMachine? Link { get; private set; }

        public int Taken { get; private set; }

        public long Now => (long)Stopwatch.GetElapsedTime(_start).TotalMilliseconds;

        public bool PollOnce()
        {
            bool any = Connection.Receive(_buffer, this);
            Connection.Flush();
            if (Connection.Ended is { } reason) throw new InvalidOperationException(reason);
            return any;
        }

        public void Poll(int ms)
        {
            if (PollOnce()) return;
            if (Connection.HasToSend) Connection.Transport.Readable!.Poll(ms * 1000, SelectMode.SelectWrite);
            else Connection.Transport.Readable!.Poll(ms * 1000, SelectMode.SelectRead);
            Link?.Advance(Now);
            Connection.Flush();
        }

        public void FlushAcknowledgements()
        {
            Thread.Sleep(30);
            Link!.Advance(Now);
            Connection.Flush();
        }

        void IConnectionSink.Established(NodeConnection connection)
        {
            Link = new LinkMachine(_own, _peer, Now);
            Link.Connected(Now, connection.PeerHasReceived, this);
        }

        void IConnectionSink.Received(NodeConnection connection, ReadOnlySpan<byte> frame) => Link!.Receive(frame, Now, this);

        Delivery ILinkSink.Take(byte channel, long epoch, ReadOnlySpan<byte> payload)
        {
            Taken++;
            return Delivery.Taken;
        }

        void ILinkOutbox.Transmit(ReadOnlySpan<byte> frame) => Connection.Send(frame);

        public void Dispose() => Connection.Dispose();
    }
}
