namespace ActorSnn.Tests.Shared;

/// <summary>A fact about a published data set; skipped where its files are missing (see <see cref="TestData"/>).</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DatasetFactAttribute : FactAttribute
{
    /// <param name="dataset">mnist or fashion-mnist.</param>
    /// <param name="packed">Whether it has to be the .gz files.</param>
    public DatasetFactAttribute(string dataset, bool packed = false) => Skip = TestData.SkipWithout(dataset, packed);
}

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DatasetTheoryAttribute : TheoryAttribute
{
    /// <param name="dataset">mnist or fashion-mnist.</param>
    public DatasetTheoryAttribute(string dataset) => Skip = TestData.SkipWithout(dataset);
}
