namespace Levity.Linux;

/// <summary>A path as the kernel wants it: at most PATH_MAX bytes, the last one NUL, none before.</summary>
internal static class CString
{
    /// <summary>Copies a path and ends it.</summary>
    /// <returns>0, ENAMETOOLONG, or EINVAL for a path with a NUL of its own, which would cut it silently.</returns>
    internal static int Terminate(ReadOnlySpan<byte> path, Span<byte> room)
    {
        if (path.Length >= room.Length)
        {
            return Errno.ENAMETOOLONG;
        }

        path.CopyTo(room);
        room[path.Length] = 0;
        return path.Contains((byte)0) ? Errno.EINVAL : 0;
    }
}
