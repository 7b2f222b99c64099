namespace ActorSnn.Tests.Shared;

/// <summary>A fact about a PostgreSQL server; skipped where there is none (see <see cref="PostgresServer"/>).</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresFactAttribute : FactAttribute
{
    /// <param name="own">Whether the test has to stop it, so that one somebody else runs will not do.</param>
    public PostgresFactAttribute(bool own = false) =>
        Skip = PostgresServer.Skip ?? (own && !PostgresServer.CanBeOwn ? "needs a PostgreSQL server of its own: ACTORSNN_POSTGRES is set" : null);
}
