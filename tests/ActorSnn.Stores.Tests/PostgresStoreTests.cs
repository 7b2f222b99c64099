using ActorSnn.Mesh.Stores;

namespace ActorSnn.Stores.Tests;

[Collection("postgres")]
[NeedsPostgres]
public sealed class PostgresStoreTests(PostgresFixture fixture) : StoreConformance
{
    private readonly string _connection = fixture.NewSchema();

    protected override string Connection => $"postgres:{_connection}";

    public override void Dispose()
    {
        base.Dispose();
        PostgresFixture.DropSchema(_connection);
    }

    protected override void Flip(string run, StoredPart part, int at) => PostgresFixture.Execute(
        _connection,
        $"""
        UPDATE actorsnn_chunk c SET bytes = set_byte(bytes, {at}, get_byte(bytes, {at}) # 1) FROM actorsnn_part p JOIN actorsnn_run r ON p.run = r.id
        WHERE c.part = p.id AND r.name = '{run}' AND p.tick = {part.Key.Tick} AND p.number = {part.Key.Number} AND p.epoch = {part.Epoch}
        """);
}
