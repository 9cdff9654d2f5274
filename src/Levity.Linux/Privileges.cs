using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>What this process may do beyond others: capabilities(7), and how it gives all of that up for good.</summary>
public static unsafe class Privileges
{
    // linux/capability.h
    private static readonly (int Number, string Name)[] NeededForOthers =
        [(0, "CAP_CHOWN"), (5, "CAP_KILL"), (6, "CAP_SETGID"), (7, "CAP_SETUID"), (19, "CAP_SYS_PTRACE")];

    private const int BitsPerWord = 32;

    /// <summary>
    /// What is missing for processes of other users, which have to be made, found and ended; empty for a root that is
    /// not confined.
    /// </summary>
    /// <exception cref="LinuxException">capget(2).</exception>
    public static IReadOnlyList<string> MissingForOtherUsers()
    {
        var sets = Read();
        return [.. NeededForOthers
            .Where(needed => (sets[needed.Number / BitsPerWord].Effective & (1u << (needed.Number % BitsPerWord))) == 0)
            .Select(needed => needed.Name)];
    }

    /// <summary>
    /// Turns this process into one of another user, for good: nothing that it executes can give it anything back. To
    /// be called by the thread that executes the program then, as a part of it is the thread's own.
    /// </summary>
    /// <exception cref="LinuxException">It may be half way: this process must not go on.</exception>
    public static void Drop(Credentials credentials)
    {
        Control(Libc.PR_SET_NO_NEW_PRIVS, 1, nameof(Libc.PR_SET_NO_NEW_PRIVS));
        DropBoundingSet();
        uint[] groups = [.. credentials.Groups];
        fixed (uint* start = groups)
        {
            Check(Libc.setgroups((nuint)groups.Length, start), "setgroups");
        }

        var (user, group) = (credentials.UserId, credentials.GroupId);
        Check(Libc.setresgid(group, group, group), "setresgid");
        Check(Libc.setresuid(user, user, user), "setresuid");

        // Leaving user 0 has done that already; leaving another one that has capabilities has not.
        Control(Libc.PR_CAP_AMBIENT, Libc.PR_CAP_AMBIENT_CLEAR_ALL, nameof(Libc.PR_CAP_AMBIENT));
        var header = NewHeader();
        var none = stackalloc Libc.CapabilitySets[Libc.CapabilityWords];
        Check(Libc.capset(&header, none), "capset");
        Verify(credentials);
    }

    private static void DropBoundingSet()
    {
        var capability = 0u;
        while (Libc.prctl(Libc.PR_CAPBSET_DROP, capability, 0, 0, 0) == 0)
        {
            capability++;
        }

        // EINVAL is the one after the last. EPERM is a root without CAP_SETPCAP, where PR_SET_NO_NEW_PRIVS has to do.
        var errno = Marshal.GetLastPInvokeError();
        if (errno is not (Errno.EINVAL or Errno.EPERM))
        {
            throw new LinuxException("prctl", errno, nameof(Libc.PR_CAPBSET_DROP));
        }
    }

    // Never taken for granted: a set-uid call that was not looked at has made many a root (setuid(2), BUGS).
    private static void Verify(Credentials credentials)
    {
        uint real, effective, saved;
        Check(Libc.getresuid(&real, &effective, &saved), "getresuid");
        Require((real, effective, saved) == (credentials.UserId, credentials.UserId, credentials.UserId), "setresuid");
        Check(Libc.getresgid(&real, &effective, &saved), "getresgid");
        Require((real, effective, saved) == (credentials.GroupId, credentials.GroupId, credentials.GroupId), "setresgid");
        Require(Libc.getgroups(0, null) == credentials.Groups.Distinct().Count(), "setgroups");
        Require(Read().All(word => (word.Effective | word.Permitted | word.Inheritable) == 0), "capset");
    }

    private static Libc.CapabilitySets[] Read()
    {
        var header = NewHeader();
        var sets = new Libc.CapabilitySets[Libc.CapabilityWords];
        fixed (Libc.CapabilitySets* start = sets)
        {
            Check(Libc.capget(&header, start), "capget");
        }

        return sets;
    }

    private static Libc.CapabilityHeader NewHeader() => new() { Version = Libc._LINUX_CAPABILITY_VERSION_3 };

    private static void Control(int option, nuint argument, string name)
    {
        if (Libc.prctl(option, argument, 0, 0, 0) == -1)
        {
            throw new LinuxException("prctl", Marshal.GetLastPInvokeError(), name);
        }
    }

    private static void Check(int result, string call)
    {
        if (result == -1)
        {
            throw new LinuxException(call, Marshal.GetLastPInvokeError());
        }
    }

    private static void Require(bool taken, string call)
    {
        if (!taken)
        {
            throw new LinuxException(call, Errno.EPERM, "without effect");
        }
    }
}
