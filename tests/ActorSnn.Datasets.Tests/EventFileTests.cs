using ActorSnn.Datasets.Events;
using static ActorSnn.Datasets.Tests.Events;

namespace ActorSnn.Datasets.Tests;

public sealed class EventFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void An_event_is_its_five_bytes()
    {
        var recording = Read([3, 33, 0x80, 0x01, 0x02, 33, 0, 0x7F, 0xFF, 0xFF]);

        Assert.Equal(2, recording.Count);
        Assert.Equal([3, 33], recording.X);
        Assert.Equal([33, 0], recording.Y);
        Assert.Equal([true, false], recording.IsOn);
        Assert.Equal([258, (1 << 23) - 1], recording.TimesUs);
    }

    [Fact]
    public void A_record_of_row_240_moves_the_times_behind_it_and_is_no_event()
    {
        var recording = Read([.. Record(1, 1, true, 100), .. Record(9, 240, true, 5), .. Record(2, 2, false, 200), .. Record(0, 240, false, 0), .. Record(3, 3, true, 300)]);

        Assert.Equal([1, 2, 3], recording.X);
        Assert.Equal([100, 200 + 8_192, 300 + 2 * 8_192], recording.TimesUs);
    }

    [Fact]
    public void A_recording_of_nothing_but_overflows_has_no_events() => Assert.Equal(0, Read(Record(0, 240, false, 0)).Count);

    [Theory]
    [InlineData(34, 0, "record 1 has x = 34, y = 0")]
    [InlineData(0, 34, "record 1 has x = 0, y = 34")]
    [InlineData(0, 241, "record 1 has x = 0, y = 241")]
    public void An_event_beyond_the_sensor_is_refused(int x, int y, string reason) =>
        AssertRefused([.. Record(33, 33, true, 1), .. Record(x, y, true, 2)], "34x34 pixels", reason);

    [Fact]
    public void A_larger_sensor_may_be_given()
    {
        var path = _directory.Write("r.bin", Record(255, 179, true, 1));
        Assert.Equal(255, EventFile.Read(path, 256, 180).X[0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(9)]
    public void A_file_cut_within_an_event_is_refused(int length) =>
        AssertRefused([.. new byte[length]], $"{length} bytes, which is no multiple of the 5 bytes of an event");

    [Fact]
    public void An_empty_file_is_refused() => AssertRefused([], "is empty");

    [Fact]
    public void A_file_that_is_far_too_long_is_refused_before_it_is_read() => AssertRefused(new byte[EventFile.MostBytes + 5], "has more than 15000000 bytes");

    [Fact]
    public void Times_without_end_are_refused()
    {
        byte[] overflows = [.. Enumerable.Repeat(Record(0, 240, false, 0), 262_144).SelectMany(r => r)];
        AssertRefused([.. overflows, .. Record(0, 0, true, 0)], "by its record 262144 it would last 2147 seconds");
    }

    [Fact]
    public void A_missing_file_and_a_directory_are_named()
    {
        var missing = Path.Combine(_directory.Path, "none.bin");
        Assert.Contains(missing, Assert.Throws<DatasetException>(() => EventFile.Read(missing)).Message);
        Assert.Contains(_directory.Path, Assert.Throws<DatasetException>(() => EventFile.Read(_directory.Path)).Message);
    }

    private EventRecording Read(byte[] bytes) => EventFile.Read(_directory.Write("r.bin", bytes));

    private void AssertRefused(byte[] bytes, params string[] reasons)
    {
        var path = _directory.Write("r.bin", bytes);
        var error = Assert.Throws<DatasetException>(() => EventFile.Read(path));
        Assert.DoesNotContain('\n', error.Message);
        Assert.All([path, .. reasons], reason => Assert.Contains(reason, error.Message));
    }
}
