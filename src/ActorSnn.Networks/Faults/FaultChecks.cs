namespace ActorSnn.Networks;

/// <summary>Checks of numbers that describe faults and timing.</summary>
internal static class FaultChecks
{
    public static void Name(string field, string name)
    {
        if (string.IsNullOrWhiteSpace(name)) throw new NetworkException(field, "is empty; give a name, or a pattern with * and ?");
        if (name.Length > NetworkBuilder.MaxNameLength)
            throw new NetworkException(field, $"a name of {name.Length} characters; give at most {NetworkBuilder.MaxNameLength}");
        if (name.Any(char.IsControl)) throw new NetworkException(field, "the name has control characters in it");
    }

    public static void Between(string field, long value, long least, long most)
    {
        if (value < least || value > most) throw new NetworkException(field, $"{value}; give {least} to {most}");
    }

    public static void Probability(string field, double value)
    {
        if (!(value >= 0 && value <= 1)) throw new NetworkException(field, $"{value}; give 0 to 1");
    }

    public static void Window(string field, long firstTick, long? lastTick)
    {
        if (firstTick < 0) throw new NetworkException($"{field}.firstTick", $"{firstTick}; ticks count from 0");
        if (lastTick < firstTick) throw new NetworkException($"{field}.lastTick", $"{lastTick} is before the first tick {firstTick}");
    }
}
