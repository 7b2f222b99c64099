using System.Text;

namespace ActorSnn.Stores;

/// <summary>What file system a path is on.</summary>
internal static class MountTable
{
    /// <summary>Name of the file system that holds a path, by its nearest directory that exists; null when the system does not tell.</summary>
    public static string? FileSystemOf(string path)
    {
        try
        {
            string real = RealDirectory(path);
            return File.Exists("/proc/self/mountinfo") ? Find(File.ReadAllText("/proc/self/mountinfo"), real) : new DriveInfo(real).DriveFormat;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The file system whose mount point is the longest that holds a path; of several mounted there, the last, which hides the others.</summary>
    /// <param name="mountInfo">Text of /proc/self/mountinfo (proc(5)).</param>
    /// <param name="path">An absolute path without links.</param>
    /// <returns>Its name; null when none holds the path.</returns>
    public static string? Find(string mountInfo, string path)
    {
        string? found = null;
        int longest = -1;
        foreach (string line in mountInfo.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // 36 35 98:0 /root /mount/point options [optional fields] - type source options
            string[] fields = line.Split(' ');
            int dash = Array.IndexOf(fields, "-", Math.Min(6, fields.Length));
            if (dash < 0 || dash + 1 >= fields.Length) continue;
            string point = Unescape(fields[4]);
            bool holds = point == "/" || path == point || (path.StartsWith(point, StringComparison.Ordinal) && path[point.Length] == '/');
            if (!holds || point.Length < longest) continue;
            longest = point.Length;
            found = fields[dash + 1];
        }
        return found;
    }

    /// <summary>Blanks and backslashes stand there as \040 and the like: bytes in octal.</summary>
    private static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal)) return field;
        var bytes = new List<byte>();
        byte[] from = Encoding.UTF8.GetBytes(field);
        for (int i = 0; i < from.Length; i++)
        {
            if (from[i] == '\\' && i + 3 < from.Length)
            {
                bytes.Add((byte)(((from[i + 1] - '0') << 6) | ((from[i + 2] - '0') << 3) | (from[i + 3] - '0')));
                i += 3;
            }
            else
            {
                bytes.Add(from[i]);
            }
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static string RealDirectory(string path)
    {
        string full = Path.GetFullPath(path);
        string real = Path.GetPathRoot(full)!;
        foreach (string name in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = new DirectoryInfo(Path.Combine(real, name));
            if (!next.Exists) break;
            real = next.LinkTarget is null ? next.FullName : RealDirectory(next.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
        }
        return real;
    }
}
