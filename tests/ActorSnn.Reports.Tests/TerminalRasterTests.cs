namespace ActorSnn.Reports.Tests;

public sealed class TerminalRasterTests
{
    [Fact]
    public void Populations_stand_on_the_left_phases_and_samples_on_top()
    {
        var lines = TerminalRaster.Draw(Examples.Small(), 80);
        Assert.Equal("          ╷1: 7 → 7               ╷2: 3 → none", lines[0]);
        Assert.Equal("          0 1 2 3 0 1 2 3 0 1 2 3 0 1 2 3 0 1 2 3 0 1 2 3", lines[1]);
        Assert.Contains(lines, line => line.StartsWith("     in │"));
        Assert.Contains(lines, line => line.StartsWith("     h< │"));
        Assert.Contains(lines, line => line.StartsWith("g0 … g1 │"));
        Assert.Contains(lines, line => line.Contains("tick 12") && line.Contains("35 (12 ms)"));
        Assert.Contains("0 Present  1 Grow  2 Shrink  3 Rest", lines[^1]);
    }

    [Fact]
    public void Every_spike_is_a_dot_of_a_braille_character()
    {
        // Ten neurons have a dot of their own, and no two spikes share a tick.
        var recording = Examples.Small() with { Spikes = [Examples.Spikes("h<", (12, 0), (13, 1), (14, 2), (15, 3), (16, 9), (35, 5))] };
        string plot = string.Concat(TerminalRaster.Draw(recording, 60).Where(line => line.Contains('│')).Select(line => line[(line.IndexOf('│') + 1)..]));
        Assert.Equal(6, plot.Where(c => c is > '\u2800' and <= '\u28FF').Sum(c => System.Numerics.BitOperations.PopCount((uint)(c - 0x2800))));
    }

    [Theory]
    [InlineData(24, 80)]
    [InlineData(24, 40)]
    [InlineData(100_000, 80)]
    [InlineData(1, 300)]
    public void Lines_fit_the_width(int ticks, int width) =>
        Assert.All(TerminalRaster.Draw(Examples.Small(ticks), width), line => Assert.InRange(line.Length, 0, width));

    [Fact]
    public void Where_there_are_no_other_characters_ASCII_will_do()
    {
        var lines = TerminalRaster.Draw(Examples.Small(), 80, ascii: true);
        Assert.All(lines, line => Assert.All(line, c => Assert.InRange(c, ' ', '~')));
        Assert.Contains(lines, line => line.Contains("1: 7 > 7"));
        Assert.Equal(7, lines.Where(line => line.Contains('|') && !line.Contains("1: 7")).SelectMany(line => line[(line.IndexOf('|') + 1)..]).Count(c => c == '.'));
    }

    [Fact]
    public void Names_cannot_move_the_cursor()
    {
        var recording = Examples.Small() with { Populations = [new("a\u001b[2Jb", 10, "m")], Spikes = [Examples.Spikes("a\u001b[2Jb", (12, 1))] };
        Assert.DoesNotContain('\u001b', string.Concat(TerminalRaster.Draw(recording, 80)));
    }
}
