using System.Text;
using Levity.Linux;

namespace Levity.Daemon.Audit;

/// <summary>
/// The form of <c>audit.pending</c>: a header, and places behind it. All of it is written, so that it has its room on the
/// disk and none of its memory is missing.
/// </summary>
internal static class PendingFile
{
    // The header: what it is, in which boot of the machine it was used last, and how many had no place.
    public const int BootAt = 64;
    public const int BootLength = 64;
    public const int UnheldAt = 128;

    // One more than the places: a header is as long as one.
    private const int Longest = (AuditPending.MostPlaces + 1) * PendingEntry.Size;

    private static readonly byte[] Nothing = new byte[64 * 1024];

    private static ReadOnlySpan<byte> Magic => "levity audit pending 1\n"u8;

    /// <summary>Opens the file, or makes it.</summary>
    /// <returns>Null when it is none of levityd's; otherwise, and in which boot it was used, which is null if never.</returns>
    /// <exception cref="LinuxException">It cannot be made, or not be used: ENOSPC …</exception>
    public static (AuditPending Pending, string? Boot)? Open(AuditDirectory directory)
    {
        LinuxFile file;
        try
        {
            file = directory.OpenPending();
        }
        catch (LinuxException e) when (e.Number is Errno.ELOOP or Errno.EINVAL or Errno.EISDIR or Errno.ENXIO)
        {
            // A link, a device, a directory, a socket.
            return null;
        }

        try
        {
            var header = new byte[PendingEntry.Size];
            file.ReadAt(0, header);
            var isNew = !header.AsSpan().ContainsAnyExcept((byte)0);
            if ((!isNew && !header.AsSpan().StartsWith(Magic)) || file.Length > Longest)
            {
                file.Dispose();
                return null;
            }

            // A length in between is of a levityd that was killed while it made it longer, or of a file that was cut.
            var places = ((file.Length + PendingEntry.Size - 1) / PendingEntry.Size) - 1;
            places = Math.Max(1, (places + AuditPending.PlacesAtOnce - 1) / AuditPending.PlacesAtOnce) * AuditPending.PlacesAtOnce;
            Check(Extend(file, (int)places), file.Path);
            if (isNew)
            {
                file.WriteAt(0, Magic, out var errno);
                Check(errno, file.Path);
            }

            var boot = Encoding.ASCII.GetString(header.AsSpan(BootAt, BootLength)).TrimEnd('\0');
            return (new AuditPending(file, file.Map(Longest), (int)places), isNew ? null : boot);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes it long enough for so many places: 0, or the errno and it is as it was.</summary>
    public static int Extend(LinuxFile file, int places)
    {
        var (length, goal) = (file.Length, (places + 1L) * PendingEntry.Size);
        var end = length;
        while (end < goal)
        {
            var written = file.WriteAt(end, Nothing.AsSpan(0, (int)Math.Min(Nothing.Length, goal - end)), out var errno);
            if (errno != 0)
            {
                file.SetLength(length);
                return errno;
            }

            end += written;
        }

        return 0;
    }

    private static void Check(int errno, string path)
    {
        if (errno != 0)
        {
            throw new LinuxException("pwrite", errno, path);
        }
    }
}
