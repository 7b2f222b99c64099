using ActorSnn.Mesh.Stores;

namespace ActorSnn.Stores;

/// <summary>
/// File systems that several machines may have mounted: locks and renames there are not what a store of files relies on, so it refuses them.
/// </summary>
internal static class NetworkFileSystems
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "nfs", "nfs3", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "afpfs", "webdav", "davfs", "ncpfs", "coda", "ceph", "glusterfs", "lustre", "gpfs", "beegfs",
        "orangefs", "pvfs2", "gfs2", "ocfs2", "moosefs", "mfs", "sshfs", "s3fs", "rclone", "juicefs", "davfs2", "cephfs", "ceph-fuse", "gcsfuse", "goofys", "curlftpfs", "orangefs-fuse",
    };

    /// <summary>Whether a file system of this name is a network's. Those of a machine's own disks, and 9p and overlay, are not.</summary>
    /// <param name="name">As in /proc/self/mountinfo: "ext4", "nfs4", "fuse.sshfs".</param>
    public static bool IsNetwork(string name)
    {
        string kind = name.StartsWith("fuse.", StringComparison.OrdinalIgnoreCase) ? name["fuse.".Length..] : name;
        return Names.Contains(kind);
    }

    /// <summary>Refuses a place on a network's file system.</summary>
    /// <param name="store">The store, for the error.</param>
    /// <param name="path">Its directory; it need not exist.</param>
    /// <exception cref="StoreException">It is on one.</exception>
    public static void Refuse(string store, string path)
    {
        if (MountTable.FileSystemOf(path) is { } name && IsNetwork(name))
            throw new StoreException($"{store} lies on a network file system ({name}), where locks cannot be relied on; use postgres: for nodes on several machines, or a local disk");
    }
}
