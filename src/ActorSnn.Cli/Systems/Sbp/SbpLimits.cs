namespace ActorSnn.Cli.Systems.Sbp;

/// <summary>Sizes that can be asked for.</summary>
internal static class SbpLimits
{
    /// <summary>Bytes a synapse takes while a training network is built: the matrix as numbers, two byte copies, and three arrays on the cores.</summary>
    private const int BytesPerSynapse = sizeof(float) + 2 + 3;

    /// <summary>Refuses hidden layers whose matrices no array, or not this machine, can hold.</summary>
    /// <exception cref="UsageException">Too few or too many.</exception>
    public static void RequireHidden(int inputs, int hidden, int outputs)
    {
        long widest = Math.Max(inputs, outputs);
        long most = Array.MaxLength / widest;
        if (hidden < 1 || hidden > most) throw new UsageException($"--hidden {hidden}: with {inputs} inputs give 1 to {most}");
        long bytes = hidden * widest * BytesPerSynapse;
        long available = MemoryCheck.AvailableBytes;
        if (bytes > available)
            throw new UsageException(
                $"--hidden {hidden}: with {inputs} inputs that takes about {bytes >> 20:n0} MB, and {available >> 20:n0} MB is all that is left; "
                + $"give at most {available / (widest * BytesPerSynapse)}");
    }
}
