using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ActorSnn.Mesh.Links;

namespace ActorSnn.Mesh.Tcp;

/// <summary>How a cluster's connections are protected; the same for all its nodes and clients.</summary>
/// <param name="Secret">What all know and nobody else does; null for none, which is allowed on loopback only.</param>
/// <param name="Tls">Certificates, for connections nobody else can read; null for none.</param>
public sealed record ConnectionOptions(string? Secret = null, TlsOptions? Tls = null)
{
    internal byte[] SecretBytes => Secret is null ? [] : Encoding.UTF8.GetBytes(Secret);

    /// <summary>Finds out whether an address may be used as things are.</summary>
    /// <param name="endpoint">The address.</param>
    /// <returns>Why not; null when it may.</returns>
    public string? Refuse(IPEndPoint endpoint)
    {
        if (Secret is not null && Encoding.UTF8.GetByteCount(Secret) < Handshake.LeastSecret) return $"the cluster secret is shorter than {Handshake.LeastSecret} bytes";
        return Secret is null && !IPAddress.IsLoopback(endpoint.Address)
            ? $"{endpoint} can be reached from other machines, and there is no cluster secret; give one, or an address of loopback such as 127.0.0.1"
            : null;
    }
}

/// <summary>Mutual TLS: each end shows a certificate that the cluster's authority has signed.</summary>
/// <param name="Certificate">File of the own certificate, PEM.</param>
/// <param name="Key">File of its private key, PEM.</param>
/// <param name="Authority">File of the authority's certificate, PEM: the only one that counts.</param>
public sealed record TlsOptions(string Certificate, string Key, string Authority)
{
    private readonly Lazy<(X509Certificate2 Own, X509Certificate2 Authority)> _loaded = new(() =>
    {
        // Some platforms want keys that have been through PKCS #12.
        using var pem = X509Certificate2.CreateFromPemFile(Certificate, Key);
        return (X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null), X509CertificateLoader.LoadCertificateFromFile(Authority));
    });

    /// <summary>Reads the files.</summary>
    /// <exception cref="IOException">One of them cannot be read, or is not what it should be.</exception>
    public void Load()
    {
        foreach (string file in new[] { Certificate, Key, Authority })
        {
            if (!File.Exists(file)) throw new FileNotFoundException($"{file} does not exist; give a PEM file");
        }
        try
        {
            _ = _loaded.Value;
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException($"{Certificate}, {Key} or {Authority} is no certificate or key in PEM form that can be used: {e.Message}", e);
        }
    }

    /// <summary>Shows certificates on both sides; waits for the other end.</summary>
    internal ITransport Secure(Socket socket, ConnectionSide side, string? dialled, int withinMs, Action received)
    {
        socket.Blocking = true;
        socket.NoDelay = true;
        socket.ReceiveTimeout = socket.SendTimeout = withinMs;
        var stream = new NetworkStream(socket, ownsSocket: true);
        var secured = side == ConnectionSide.Dialler ? AsClient(stream, Addresses.Parse(dialled!).Host) : AsServer(stream);
        socket.ReceiveTimeout = socket.SendTimeout = 0;
        return new TlsTransport(socket, secured, received);
    }

    internal SslStream AsServer(Stream stream)
    {
        var tls = new SslStream(stream);
        tls.AuthenticateAsServer(new SslServerAuthenticationOptions
        {
            ServerCertificate = _loaded.Value.Own,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => IsOurs(certificate),
        });
        return tls;
    }

    internal SslStream AsClient(Stream stream, string host)
    {
        var tls = new SslStream(stream);
        tls.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ClientCertificates = [_loaded.Value.Own],
            RemoteCertificateValidationCallback = (_, certificate, _, _) => IsOurs(certificate),
        });
        return tls;
    }

    /// <summary>Whether the cluster's own authority has signed a certificate that is valid now. Host names do not count: nodes come and go, the authority is only theirs.</summary>
    private bool IsOurs(X509Certificate? certificate)
    {
        if (certificate is null) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_loaded.Value.Authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate as X509Certificate2 ?? new X509Certificate2(certificate));
    }
}

/// <summary>Addresses as people write them.</summary>
public static class Addresses
{
    /// <summary>Reads HOST:PORT; an IPv6 address stands in brackets.</summary>
    /// <exception cref="FormatException">It is none; the message says what would be.</exception>
    public static (string Host, int Port) Parse(string address)
    {
        int colon = address.LastIndexOf(':');
        if (colon < 1 || !ushort.TryParse(address.AsSpan(colon + 1), out ushort port)) throw new FormatException($"{address}: give HOST:PORT, such as 127.0.0.1:7400");
        string host = address[..colon];
        if (host.StartsWith('[') && host.EndsWith(']')) host = host[1..^1];
        else if (host.Contains(':')) throw new FormatException($"{address}: an IPv6 address stands in brackets, such as [::1]:7400");
        return (host, port);
    }

    /// <summary>Finds where HOST:PORT is.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    /// <exception cref="IOException">The host cannot be found.</exception>
    public static IPEndPoint Resolve(string address)
    {
        var (host, port) = Parse(address);
        if (IPAddress.TryParse(host, out var ip)) return new IPEndPoint(ip, port);
        try
        {
            var found = Dns.GetHostAddresses(host);
            return new IPEndPoint(found.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? found[0], port);
        }
        catch (Exception e) when (e is SocketException or ArgumentException or IndexOutOfRangeException)
        {
            throw new IOException($"{address}: the host cannot be found: {e.Message}", e);
        }
    }

    /// <summary>Opens a connection within a time.</summary>
    /// <exception cref="ClusterException">Nobody may be called there as things are: whoever answered would be believed.</exception>
    internal static Socket Connect(string address, ConnectionOptions options, int withinMs)
    {
        var endpoint = Resolve(address);
        if (options.Refuse(endpoint) is { } refused) throw new ClusterException(refused);
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            try
            {
                socket.Connect(endpoint);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                if (!socket.Poll(withinMs * 1000, SelectMode.SelectWrite)) throw new IOException($"{address} does not answer");
                var error = (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
                if (error != SocketError.Success) throw new SocketException((int)error);
            }
            return socket;
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException) throw new IOException($"{address} cannot be reached: {e.Message}", e);
            throw;
        }
    }
}
