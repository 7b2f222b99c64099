using System.CommandLine;
using ActorSnn.Cli.Clusters;

namespace ActorSnn.Cli.Commands;

/// <summary>The options that say how connections of a cluster are protected.</summary>
internal sealed class ProtectionOptions
{
    public Option<string?> SecretFile { get; } = Options.Text(
        "--secret-file", "FILE", $"File with the cluster secret. Default: what {ProtectionSettings.SecretVariable} holds. Beyond loopback there must be one.");

    public Option<string?> Certificate { get; } = Options.Text("--tls-cert", "FILE", "Own certificate, PEM: connections under TLS, each end with a certificate.");

    public Option<string?> Key { get; } = Options.Text("--tls-key", "FILE", "Its private key, PEM.");

    public Option<string?> Authority { get; } = Options.Text("--tls-ca", "FILE", "Certificate of the authority that has signed those of all nodes, PEM.");

    public void AddTo(Command command)
    {
        foreach (var option in new[] { SecretFile, Certificate, Key, Authority }) command.Add(option);
    }

    /// <summary>What the command line wants.</summary>
    public ProtectionSettings SettingsOf(ParseResult arguments) => new()
    {
        SecretFile = arguments.GetValue(SecretFile),
        Certificate = arguments.GetValue(Certificate),
        Key = arguments.GetValue(Key),
        Authority = arguments.GetValue(Authority),
    };
}
