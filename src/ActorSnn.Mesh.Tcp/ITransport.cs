using System.Net.Sockets;

namespace ActorSnn.Mesh.Tcp;

/// <summary>A stream of bytes to a peer and back. Nothing here waits. Used by one thread at a time.</summary>
internal interface ITransport : IDisposable
{
    /// <summary>The address of the other end, for people.</summary>
    string Remote { get; }

    /// <summary>The socket that becomes readable when something arrives; null where the transport says so itself.</summary>
    Socket? Readable { get; }

    /// <summary>Takes what has arrived.</summary>
    /// <returns>Number of bytes; 0 when nothing has; -1 when the connection has ended.</returns>
    int Receive(Span<byte> buffer);

    /// <summary>Sends what can be sent at once.</summary>
    /// <returns>Number of bytes taken; -1 when the connection has ended.</returns>
    int Send(ReadOnlySpan<byte> bytes);
}

/// <summary>A socket as it is.</summary>
internal sealed class SocketTransport : ITransport
{
    private readonly Socket _socket;

    public SocketTransport(Socket socket)
    {
        _socket = socket;
        socket.Blocking = false;
        socket.NoDelay = true;
        Remote = socket.RemoteEndPoint?.ToString() ?? "?";
    }

    public string Remote { get; }

    public Socket Readable => _socket;

    public int Receive(Span<byte> buffer)
    {
        int count = _socket.Receive(buffer, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => count == 0 ? -1 : count,
            SocketError.WouldBlock => 0,
            _ => -1,
        };
    }

    public int Send(ReadOnlySpan<byte> bytes)
    {
        int count = _socket.Send(bytes, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => count,
            SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable => 0,
            _ => -1,
        };
    }

    public void Dispose() => _socket.Dispose();
}
