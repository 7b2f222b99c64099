namespace ActorSnn.Stores.Tests;

public sealed class FileSystemTests
{
    private const string Mounts =
        """
        21 1 252:0 / / rw,relatime - ext4 /dev/vda rw
        22 21 0:20 / /proc rw,nosuid - proc proc rw
        30 21 0:40 / /mnt/shared rw,relatime shared:1 master:2 - nfs4 server:/export rw,vers=4.2
        31 30 0:41 / /mnt/shared/local rw - xfs /dev/vdb rw
        32 21 0:42 / /mnt/with\040blank\134 rw - fuse.sshfs user@host: rw
        33 21 0:43 / /mnt/twice rw - tmpfs tmpfs rw
        34 33 0:44 / /mnt/twice rw - cifs //server/share rw
        broken line
        """;

    [Theory]
    [InlineData("nfs"), InlineData("nfs4"), InlineData("cifs"), InlineData("smb3"), InlineData("smb2"), InlineData("fuse.sshfs"), InlineData("ceph"), InlineData("fuse.glusterfs"), InlineData("lustre")]
    [InlineData("NFS")]
    public void File_systems_of_a_network_are_told(string name) => Assert.True(NetworkFileSystems.IsNetwork(name));

    [Theory]
    [InlineData("ext4"), InlineData("xfs"), InlineData("btrfs"), InlineData("zfs"), InlineData("tmpfs"), InlineData("overlay"), InlineData("9p"), InlineData("apfs"), InlineData("NTFS"), InlineData("fuseblk")]
    [InlineData("fuse.mergerfs"), InlineData("")]
    public void File_systems_of_a_machine_are_not(string name) => Assert.False(NetworkFileSystems.IsNetwork(name));

    [Theory]
    [InlineData("/", "ext4")]
    [InlineData("/mnt", "ext4")]
    [InlineData("/mnt/shared", "nfs4")]
    [InlineData("/mnt/shared/runs", "nfs4")]
    [InlineData("/mnt/shared2", "ext4")]
    [InlineData("/mnt/shared/local/x", "xfs")]
    [InlineData("/mnt/with blank\\/x", "fuse.sshfs")]
    [InlineData("/mnt/twice", "cifs")]
    public void A_path_is_on_what_is_mounted_nearest_above_it(string path, string expected) => Assert.Equal(expected, MountTable.Find(Mounts, path));

    [Fact]
    public void The_file_system_of_a_place_that_is_not_there_yet_is_that_of_the_nearest_directory_above()
    {
        string directory = Directory.CreateTempSubdirectory("actorsnn-test-").FullName;
        try
        {
            string? there = MountTable.FileSystemOf(directory);
            Assert.NotNull(there);
            Assert.Equal(there, MountTable.FileSystemOf(Path.Combine(directory, "none", "below")));
            if (!OperatingSystem.IsLinux()) return;
            Directory.CreateSymbolicLink(Path.Combine(directory, "link"), "/proc");
            Assert.Equal("proc", MountTable.FileSystemOf(Path.Combine(directory, "link", "none")));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
