namespace ActorSnn.Datasets.Downloads;

/// <summary>An address did not give the file.</summary>
/// <param name="reason">Why, as part of a line.</param>
/// <param name="retry">True if it may do so in a moment; false to go to the next address.</param>
internal sealed class AddressFailure(string reason, bool retry) : Exception(reason)
{
    public bool Retry => retry;
}
