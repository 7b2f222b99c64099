using ActorSnn.Tests.Shared;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace ActorSnn.Stores.Tests;

/// <summary>A fact about every store; that of a class with [NeedsPostgres] is skipped where there is no server.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("ActorSnn.Stores.Tests.StoreFactDiscoverer", "ActorSnn.Stores.Tests")]
internal sealed class StoreFactAttribute : FactAttribute;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class NeedsPostgresAttribute : Attribute;

internal sealed class StoreFactDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions options, ITestMethod method, IAttributeInfo fact) =>
        [new StoreTestCase(messages, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method)];
}

internal sealed class StoreTestCase : XunitTestCase
{
    [Obsolete("Called by the deserializer.", error: true)]
    public StoreTestCase()
    {
    }

    public StoreTestCase(IMessageSink messages, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(messages, display, options, method)
    {
    }

    protected override string? GetSkipReason(IAttributeInfo fact) =>
        TestMethod.TestClass.Class.GetCustomAttributes(typeof(NeedsPostgresAttribute)).Any() ? PostgresServer.Skip : base.GetSkipReason(fact);
}
