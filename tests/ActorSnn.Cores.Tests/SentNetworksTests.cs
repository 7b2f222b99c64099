using ActorSnn.Networks;
using ActorSnn.Tests;

namespace ActorSnn.Cores.Tests;

/// <summary>A network that was sent as bytes is the network that was sent.</summary>
public class SentNetworksTests
{
    [Fact]
    public void Random_networks_have_the_same_hash_and_bytes_when_sent()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            foreach (var network in new[] { RandomNetworks.Make(seed, probes: true), RandomRealNetworks.Make(seed, probes: true), RandomSteppedNetworks.Make(seed, probes: true), RandomGradedNetworks.Make(seed, probes: true) })
            {
                var bytes = NetworkBytes.Write(network);
                var sent = NetworkBytes.Read(bytes, "sent");
                Assert.True(network.Hash == sent.Hash, $"another hash (seed {seed})");
                Assert.True(network.Name == sent.Name && network.Probes.SequenceEqual(sent.Probes), $"another name or probe (seed {seed})");
                Assert.True(bytes.AsSpan().SequenceEqual(NetworkBytes.Write(sent)), $"other bytes (seed {seed})");
            }
        }
    }

    [Fact]
    public void Random_networks_run_the_same_when_sent()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            foreach (var network in new[] { RandomNetworks.Make(seed, maxSize: 130), RandomRealNetworks.Make(seed), RandomSteppedNetworks.Make(seed) })
            {
                string Run(Network n) => new Lockstep(Placer.Place(n, new PlacementOptions(Cores: 2))).RunTo(60).Capture().Hash();
                Assert.True(Run(network) == Run(NetworkBytes.Read(NetworkBytes.Write(network), "sent")), $"another run (seed {seed})");
            }
        }
    }
}
