using System.Runtime.InteropServices;

namespace Levity.Linux;

// geteuid(2), setresuid(2), setresgid(2), setgroups(2), getresuid(2), getgroups(2), capset(2), fchown(2); getpwnam(3),
// getgrouplist(3).
internal static unsafe partial class Libc
{
    // linux/prctl.h
    internal const int PR_CAPBSET_DROP = 24;
    internal const int PR_SET_NO_NEW_PRIVS = 38;
    internal const int PR_CAP_AMBIENT = 47;
    internal const nuint PR_CAP_AMBIENT_CLEAR_ALL = 4;

    // linux/capability.h: the newest version has two words of 32 capabilities for each of the three sets.
    internal const uint _LINUX_CAPABILITY_VERSION_3 = 0x2008_0522;
    internal const int CapabilityWords = 2;

    [LibraryImport(Library)]
    internal static partial uint geteuid();

    // These of the library, not the bare system calls: they change all threads of the process (nptl(7)).
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setgroups(nuint count, uint* groups);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setresgid(uint real, uint effective, uint saved);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setresuid(uint real, uint effective, uint saved);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getresuid(uint* real, uint* effective, uint* saved);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getresgid(uint* real, uint* effective, uint* saved);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getgroups(int count, uint* groups);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int capget(CapabilityHeader* header, CapabilitySets* sets);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int capset(CapabilityHeader* header, CapabilitySets* sets);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fchown(SafeFileDescriptor fd, uint owner, uint group);

    // Both return the errno; a null result without one means that there is no such entry.
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int getpwnam_r(string name, Passwd* entry, byte* buffer, nuint size, Passwd** result);

    [LibraryImport(Library)]
    internal static partial int getpwuid_r(uint uid, Passwd* entry, byte* buffer, nuint size, Passwd** result);

    // -1 when there are more than there is room for; their number is in count then.
    [LibraryImport(Library)]
    internal static partial int getgrouplist(byte* user, uint group, uint* groups, int* count);

    /// <summary>struct passwd of getpwnam(3), as the GNU library has it.</summary>
    internal struct Passwd
    {
        internal byte* Name;
        internal byte* Password;
        internal uint UserId;
        internal uint GroupId;
        internal byte* Comment;
        internal byte* Home;
        internal byte* Shell;
    }

    internal struct CapabilityHeader
    {
        internal uint Version;
        internal int Pid;
    }

    /// <summary>One word of each set.</summary>
    internal struct CapabilitySets
    {
        internal uint Effective;
        internal uint Permitted;
        internal uint Inheritable;
    }
}
