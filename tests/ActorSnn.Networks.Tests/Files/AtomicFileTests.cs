namespace ActorSnn.Networks.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("actorsnn-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_content_takes_the_place_of_what_was_there()
    {
        string path = At("file");
        AtomicFile.Write(path, s => s.Write("first"u8));
        AtomicFile.Write(path, s => s.Write("2nd"u8));
        Assert.Equal("2nd", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void A_reader_that_looks_while_it_is_written_finds_the_old_content()
    {
        string path = At("file");
        File.WriteAllText(path, "old");
        AtomicFile.Write(path, s =>
        {
            s.Write("new"u8);
            s.Flush();
            Assert.Equal("old", File.ReadAllText(path));
        });
        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void A_failure_leaves_the_old_content_and_nothing_else()
    {
        string path = At("file");
        File.WriteAllText(path, "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, s =>
        {
            s.Write("half"u8);
            throw new InvalidOperationException();
        }));
        var e = Assert.Throws<IOException>(() => AtomicFile.Write(path, _ => throw new IOException("No space left on device : '/x/.file.tmp'")));
        Assert.Equal($"{path} cannot be written: No space left on device", e.Message);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void A_guard_is_held_while_the_written_content_takes_its_place()
    {
        string path = At("file");
        File.WriteAllText(path, "old");
        string? atRelease = null;
        AtomicFile.Write(path, s => s.Write("new"u8), () =>
        {
            Assert.Equal("old", File.ReadAllText(path));
            return new Release(() => atRelease = File.ReadAllText(path));
        });
        Assert.Equal("new", atRelease);
    }

    [Fact]
    public void What_a_guard_throws_is_thrown_and_nothing_was_written()
    {
        string path = At("file");
        File.WriteAllText(path, "old");
        var refusal = new IOException("somebody else has it");
        Assert.Same(refusal, Assert.Throws<IOException>(() => AtomicFile.Write(path, s => s.Write("new"u8), () => throw refusal)));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void Where_nothing_can_be_written_is_found_out_without_writing()
    {
        File.WriteAllText(At("file"), "old");
        AtomicFile.RequireWritable(At("file"));
        AtomicFile.RequireWritable(At("new"));
        AssertRefused(_directory, "it is a directory");
        AssertRefused(At("none/file"), $"the directory {At("none")} does not exist");
        AssertRefused(At("file/below"), $"{At("file")} is a file, not a directory");
        Assert.Equal("old", File.ReadAllText(At("file")));
        Assert.Equal([At("file")], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void A_symbolic_link_keeps_pointing_at_the_file_written()
    {
        if (OperatingSystem.IsWindows()) return; // links need a privilege there
        Directory.CreateDirectory(At("elsewhere"));
        File.WriteAllText(At("elsewhere/file"), "old");
        File.CreateSymbolicLink(At("link"), At("elsewhere/file"));
        AtomicFile.Write(At("link"), s => s.Write("new"u8));
        Assert.Equal(At("elsewhere/file"), new FileInfo(At("link")).LinkTarget);
        Assert.Equal("new", File.ReadAllText(At("elsewhere/file")));
    }

    private string At(string name) => Path.Combine(_directory, name);

    private static void AssertRefused(string path, string reason)
    {
        var e = Assert.Throws<IOException>(() => AtomicFile.RequireWritable(path));
        Assert.StartsWith($"{path} cannot be written: {reason}", e.Message);
        Assert.DoesNotContain('\n', e.Message);
        Assert.Throws<IOException>(() => AtomicFile.Write(path, s => s.WriteByte(1)));
    }

    private sealed class Release(Action release) : IDisposable
    {
        public void Dispose() => release();
    }
}
