namespace ActorSnn.Cli;

/// <summary>What was asked for cannot be done. The message is one line for the person at the keyboard.</summary>
internal sealed class UsageException(string message) : Exception(message);
