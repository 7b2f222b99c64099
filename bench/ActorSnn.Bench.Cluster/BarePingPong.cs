using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ActorSnn.Bench;

/// <summary>Bytes there and back between two processes over loopback, by blocking calls on bare sockets: what no exchange can be below, as long as nobody spins.</summary>
internal sealed class BarePingPong : IDisposable
{
    private readonly Process _other;
    private readonly Socket _socket;
    private readonly byte[] _buffer;

    /// <param name="bytes">Bytes each way.</param>
    /// <param name="echo">Arguments that make this program call <see cref="Echo"/>; the port comes behind them.</param>
    public BarePingPong(int bytes, params string[] echo)
    {
        _buffer = new byte[bytes];
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _other = OwnProcess.Start([.. echo, ((IPEndPoint)listener.LocalEndpoint).Port.ToString()]);
        _socket = listener.AcceptSocket();
        _socket.NoDelay = true;
        Run(1000);
    }

    /// <summary>Microseconds of so many round trips.</summary>
    public double[] Run(int times)
    {
        var us = new double[times];
        for (int i = 0; i < times; i++)
        {
            long start = Stopwatch.GetTimestamp();
            _socket.Send(_buffer);
            for (int got = 0; got < _buffer.Length;) got += _socket.Receive(_buffer.AsSpan(got));
            us[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }
        return us;
    }

    /// <summary>The other end: sends back what comes, until the connection ends.</summary>
    public static void Echo(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        var buffer = new byte[65_536];
        while (socket.Receive(buffer) is > 0 and var got) socket.Send(buffer.AsSpan(0, got));
    }

    public void Dispose()
    {
        _socket.Dispose();
        _other.WaitForExit();
        _other.Dispose();
    }
}
