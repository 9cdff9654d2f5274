using System.Runtime.InteropServices;
using System.Text;

namespace Levity.Linux;

/// <summary>
/// An account of this machine, as its account database has it, wherever that is: getpwnam(3), getgrouplist(3).
/// </summary>
/// <param name="Name">The login name.</param>
/// <param name="Credentials">Its numbers.</param>
/// <param name="Home">Its home directory, which need not exist.</param>
public sealed unsafe record LoginAccount(string Name, Credentials Credentials, string Home)
{
    private const int FirstRoom = 1024;
    private const int FirstGroups = 32;

    /// <summary>Null when there is none of this name.</summary>
    /// <exception cref="LinuxException">The database cannot be asked just now.</exception>
    public static LoginAccount? Find(string name) =>
        name.Contains('\0', StringComparison.Ordinal)
            ? null
            : Find("getpwnam_r", name, (entry, room, size, found) => Libc.getpwnam_r(name, entry, room, size, found));

    /// <summary>The one that this process acts as, also when the database does not know it.</summary>
    /// <exception cref="LinuxException">The database cannot be asked just now.</exception>
    public static LoginAccount OfThisProcess()
    {
        var id = CurrentUser.EffectiveId;
        return Find("getpwuid_r", $"{id}", (entry, room, size, found) => Libc.getpwuid_r(id, entry, room, size, found))
            ?? new LoginAccount(Environment.UserName, new Credentials(id, id, []), "/");
    }

    private static LoginAccount? Find(string call, string argument, Lookup lookup)
    {
        for (var size = FirstRoom; ; size *= 2)
        {
            var room = (byte*)NativeMemory.Alloc((nuint)size);
            try
            {
                Libc.Passwd entry;
                Libc.Passwd* found = null;
                var errno = lookup(&entry, room, (nuint)size, &found);
                switch (errno)
                {
                    case 0:
                        return found is null ? null : Of(found);
                    case Errno.ERANGE or Errno.EINTR:
                        break;

                    // What else libraries say of names that they do not have: getpwnam(3).
                    case Errno.ENOENT or Errno.ESRCH or Errno.EBADF or Errno.EPERM:
                        return null;
                    default:
                        throw new LinuxException(call, errno, argument);
                }
            }
            finally
            {
                NativeMemory.Free(room);
            }
        }
    }

    private static LoginAccount Of(Libc.Passwd* entry) => new(
        Text(entry->Name),
        new Credentials(entry->UserId, entry->GroupId, GroupsOf(entry)),
        Text(entry->Home) is { Length: > 0 } home ? home : "/");

    private static uint[] GroupsOf(Libc.Passwd* entry)
    {
        var groups = new uint[FirstGroups];
        while (true)
        {
            var count = groups.Length;
            fixed (uint* start = groups)
            {
                if (Libc.getgrouplist(entry->Name, entry->GroupId, start, &count) != -1)
                {
                    return groups[..count];
                }
            }

            groups = new uint[Math.Max(count, 2 * groups.Length)];
        }
    }

    private static string Text(byte* text) =>
        Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    private delegate int Lookup(Libc.Passwd* entry, byte* room, nuint size, Libc.Passwd** found);
}
