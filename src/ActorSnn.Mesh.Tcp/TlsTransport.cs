using System.Net.Security;
using System.Net.Sockets;

namespace ActorSnn.Mesh.Tcp;

/// <summary>
/// A connection under TLS. What <see cref="SslStream"/> offers waits, so that two threads of its own read and write, and buffers lie between.
/// </summary>
internal sealed class TlsTransport : ITransport
{
    private const int MostBuffered = 1 << 20;

    private readonly SslStream _stream;
    private readonly Action _arrived;
    private readonly object _gate = new();
    private byte[] _in = new byte[16_384];
    private int _inCount;
    private byte[] _out = new byte[16_384];
    private int _outCount;
    private bool _ended;

    /// <param name="socket">The connection.</param>
    /// <param name="stream">The stream over it, its handshake done.</param>
    /// <param name="arrived">Called, on a thread of the transport's, when something has arrived.</param>
    public TlsTransport(Socket socket, SslStream stream, Action arrived)
    {
        (_stream, _arrived) = (stream, arrived);
        Remote = socket.RemoteEndPoint?.ToString() ?? "?";
        new Thread(ReadAll) { IsBackground = true, Name = "actorsnn tls reader" }.Start();
        new Thread(WriteAll) { IsBackground = true, Name = "actorsnn tls writer" }.Start();
    }

    public string Remote { get; }

    public Socket? Readable => null;

    public int Receive(Span<byte> buffer)
    {
        lock (_gate)
        {
            if (_inCount == 0) return _ended ? -1 : 0;
            int count = Math.Min(_inCount, buffer.Length);
            _in.AsSpan(0, count).CopyTo(buffer);
            _in.AsSpan(count, _inCount - count).CopyTo(_in);
            _inCount -= count;
            Monitor.PulseAll(_gate);
            return count;
        }
    }

    public int Send(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_ended) return -1;
            int count = Math.Min(bytes.Length, MostBuffered - _outCount);
            if (_outCount + count > _out.Length) Array.Resize(ref _out, Math.Min(MostBuffered, Math.Max(_outCount + count, 2 * _out.Length)));
            bytes[..count].CopyTo(_out.AsSpan(_outCount));
            _outCount += count;
            Monitor.PulseAll(_gate);
            return count;
        }
    }

    public void Dispose()
    {
        End();
        _stream.Dispose();
    }

    private void ReadAll()
    {
        byte[] buffer = new byte[65_536];
        while (true)
        {
            int count;
            try
            {
                count = _stream.Read(buffer);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                count = 0;
            }
            if (count == 0)
            {
                End();
                return;
            }
            lock (_gate)
            {
                while (_inCount + count > MostBuffered && !_ended) Monitor.Wait(_gate);
                if (_ended) return;
                if (_inCount + count > _in.Length) Array.Resize(ref _in, Math.Max(_inCount + count, 2 * _in.Length));
                buffer.AsSpan(0, count).CopyTo(_in.AsSpan(_inCount));
                _inCount += count;
            }
            _arrived();
        }
    }

    private void WriteAll()
    {
        byte[] buffer = new byte[65_536];
        while (true)
        {
            int count;
            lock (_gate)
            {
                while (_outCount == 0 && !_ended) Monitor.Wait(_gate);
                if (_ended) return;
                count = Math.Min(buffer.Length, _outCount);
                _out.AsSpan(0, count).CopyTo(buffer);
                _out.AsSpan(count, _outCount - count).CopyTo(_out);
                _outCount -= count;
            }
            try
            {
                _stream.Write(buffer, 0, count);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                End();
                return;
            }
        }
    }

    private void End()
    {
        lock (_gate)
        {
            if (_ended) return;
            _ended = true;
            Monitor.PulseAll(_gate);
        }
        _arrived();
    }
}
