using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorSnn.Mesh.Stores;
using ActorSnn.Tests;

namespace ActorSnn.Mesh.Tcp.Tests;

/// <summary>Nodes and clients whose connections are under TLS, with certificates of an authority of their own.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("actorsnn-tls-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_run_under_tls_survives_the_loss_of_a_node()
    {
        const long Ticks = 20_000;
        using var cluster = new LocalCluster(3, new ConnectionOptions(Tls: Issue("ours")));
        using var client = cluster.Client();
        var network = RandomNetworks.Make(12, maxDelay: 3);
        string run = cluster.Submit(client, network, Ticks, every: 1000, cores: 6);
        cluster.Await(client, run, p => p.CommittedTick >= 2000);
        cluster.Remove(cluster.Nodes[2]);
        var end = cluster.Await(client, run, p => p.Status == RunStatus.Done);
        Assert.InRange(end.History.Recoveries + end.History.Rebalances, 1, 10);
        Assert.Equal(OneCore.HashAt(network, Ticks), LocalCluster.StateOf(client, run, network, Ticks).Hash());
    }

    [Fact]
    public void Who_has_no_certificate_of_the_clusters_authority_is_refused()
    {
        using var cluster = new LocalCluster(1, new ConnectionOptions(Tls: Issue("ours")));
        foreach (var stranger in new[] { new ConnectionOptions(), new ConnectionOptions(Tls: Issue("theirs")) })
        {
            using var client = new ClusterClient([cluster.Nodes[0].Name], stranger, patienceMs: 1000);
            Assert.DoesNotContain('\n', Assert.ThrowsAny<IOException>(() => client.Status()).Message);
        }
        using var member = cluster.Client();
        Assert.Single(member.Status().Nodes);
    }

    [Fact]
    public void Who_takes_for_ever_to_come_under_tls_is_shut_out()
    {
        using var cluster = new LocalCluster(1, new ConnectionOptions(Tls: Issue("ours")));
        using var stranger = new TcpClient();
        stranger.Connect(IPEndPoint.Parse(cluster.Nodes[0].Name));
        var stream = stranger.GetStream();
        stream.ReadTimeout = 500;
        // A greeting of 16 KB, a byte at a time: there always is some progress.
        byte[] greeting = [22, 3, 1, 64, 0, 1, 0, 63, 252, .. new byte[100]];
        Assert.Contains(greeting, b =>
        {
            try
            {
                stream.WriteByte(b);
                return stream.ReadByte() < 0;
            }
            catch (IOException e)
            {
                return e.InnerException is not SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock };
            }
        });
    }

    /// <summary>An authority, and a certificate that it has signed for nodes and clients alike.</summary>
    private TlsOptions Issue(string name)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest($"CN=authority of {name}", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = DateTimeOffset.UtcNow;
        using var authority = authorityRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).Create(authority, now.AddDays(-1), now.AddDays(1), [1, 2, 3]);
        string At(string file) => Path.Combine(_directory, $"{name}-{file}.pem");
        File.WriteAllText(At("authority"), authority.ExportCertificatePem());
        File.WriteAllText(At("certificate"), certificate.ExportCertificatePem());
        File.WriteAllText(At("key"), key.ExportPkcs8PrivateKeyPem());
        return new TlsOptions(At("certificate"), At("key"), At("authority"));
    }
}
