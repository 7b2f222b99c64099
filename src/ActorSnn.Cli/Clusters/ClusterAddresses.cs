using ActorSnn.Mesh.Tcp;

namespace ActorSnn.Cli.Clusters;

/// <summary>Addresses of nodes as people give them.</summary>
internal static class ClusterAddresses
{
    /// <summary>The addresses of a list with commas in between.</summary>
    public static IReadOnlyList<string> Split(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <exception cref="UsageException">One of them is no address.</exception>
    public static IReadOnlyList<string> Require(string option, IReadOnlyList<string> addresses) => [.. addresses.Select(a => Require(option, a))];

    /// <exception cref="UsageException">It is no address.</exception>
    public static string Require(string option, string address)
    {
        try
        {
            Addresses.Parse(address);
            return address;
        }
        catch (FormatException e)
        {
            throw new UsageException($"{option} {e.Message}");
        }
    }

    /// <summary>Makes sure that nobody is called on other machines without a secret: whoever answered would be believed.</summary>
    /// <exception cref="UsageException">Somebody would be.</exception>
    public static void RequireProtection(string option, IReadOnlyList<string> addresses, ConnectionOptions connections)
    {
        // With a secret all may be called, also those whose hosts nobody knows yet.
        if (connections.Secret is not null) return;
        foreach (string address in addresses)
        {
            try
            {
                if (connections.Refuse(Addresses.Resolve(address)) is { } refused) throw new UsageException($"{option} {refused}");
            }
            catch (IOException)
            {
                // Its host cannot be found at present; whoever connects looks again.
            }
        }
    }
}
