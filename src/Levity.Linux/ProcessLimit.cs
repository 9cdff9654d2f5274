using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>One of the limits of setrlimit(2): the soft one, and the hard one up to which a process may raise it.</summary>
public readonly unsafe record struct ProcessLimit(int Resource, ulong Soft, ulong Hard)
{
    /// <summary>RLIM_INFINITY.</summary>
    public const ulong Unlimited = ulong.MaxValue;

    // asm-generic/resource.h (x86-64, arm64): each has its number here. As prlimit(1) calls them.
    private static readonly string[] Names =
    [
        "cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as", "locks", "sigpending",
        "msgqueue", "nice", "rtprio", "rttime",
    ];

    public static IReadOnlyList<string> AllNames => Names;

    public string Name => Names[Resource];

    /// <summary>The number of a resource, by the name that prlimit(1) has for it.</summary>
    public static bool TryFind(string name, out int resource)
    {
        resource = Array.IndexOf(Names, name);
        return resource >= 0;
    }

    /// <summary>The limit of this process.</summary>
    /// <exception cref="LinuxException">prlimit(2).</exception>
    public static ProcessLimit Of(int resource)
    {
        Libc.RLimit limit;
        return Libc.prlimit(DescriptorLimit.ThisProcess, resource, null, &limit) == 0
            ? new ProcessLimit(resource, limit.Soft, limit.Hard)
            : throw new LinuxException("prlimit", Marshal.GetLastPInvokeError(), $"{resource}");
    }

    /// <summary>Sets it for this process. Nothing is allocated: there may be no memory to be had any more.</summary>
    /// <returns>0, or the errno of prlimit(2): EPERM for one above the hard limit of a process without privileges.</returns>
    internal int Set()
    {
        var limit = new Libc.RLimit { Soft = Soft, Hard = Hard };
        return Libc.prlimit(DescriptorLimit.ThisProcess, Resource, &limit, null) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }
}
