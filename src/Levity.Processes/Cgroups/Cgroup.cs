using System.Buffers;
using System.Globalization;
using System.Text;
using Levity.Linux;
using Levity.Processes.ProcFs;

namespace Levity.Processes.Cgroups;

/// <summary>One control group of version 2, used only to keep processes together: no controller is needed.</summary>
internal sealed class Cgroup(CgroupLocation location)
{
    internal CgroupLocation Location => location;

    /// <summary>True while a process in it, or below, is alive.</summary>
    internal bool IsPopulated
    {
        get
        {
            // Without the file there is no group, and nobody in it.
            var events = new ArrayBufferWriter<byte>();
            return KernelFile.TryRead(FileOf("cgroup.events"), events)
                && events.WrittenSpan.IndexOf("populated 1"u8) >= 0;
        }
    }

    /// <summary>
    /// Whether the kernel has killed a process in it, or below, for lack of memory; null where it does not count: without
    /// the memory controller there is no such file. In it are lines such as <c>oom_kill 0</c> (cgroup-v2.rst,
    /// "memory.events").
    /// </summary>
    internal bool? OutOfMemory => KernelNumbers.TryRead(FileOf("memory.events"), "oom_kill") is [{ } count] ? count > 0 : null;

    /// <returns>0 or the errno of mkdir(2).</returns>
    internal int Make() => KernelFile.MakeDirectory(location.Directory);

    /// <summary>Moves a process here, with all its threads. What it starts from then on is here too.</summary>
    /// <returns>0 or the errno: ESRCH when it is gone.</returns>
    internal int Add(int pid)
    {
        Span<byte> digits = stackalloc byte[16];
        pid.TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);
        return KernelFile.Write(FileOf("cgroup.procs"), digits[..length]);
    }

    /// <summary>Tells whether this kernel can kill a group as one, which it can since 5.14.</summary>
    /// <returns>0 or the errno.</returns>
    internal int CheckKill() => KernelFile.CheckWritable(FileOf("cgroup.kill"));

    /// <summary>Sends SIGKILL to all processes in it and below; one that forks meanwhile does not escape.</summary>
    internal void Kill()
    {
        var errno = KernelFile.Write(FileOf("cgroup.kill"), "1"u8);
        if (errno is not (0 or Errno.ENOENT or Errno.ENODEV))
        {
            throw new LinuxException("write", errno, FileOf("cgroup.kill"));
        }
    }

    /// <summary>Opens the list of its processes, not of those below.</summary>
    /// <returns>0 or the errno.</returns>
    internal int OpenProcesses(out SafeFileDescriptor processes) =>
        KernelFile.OpenRead(FileOf("cgroup.procs"), out processes);

    /// <summary>Adds the live processes in it, and below, to <paramref name="pids"/>.</summary>
    internal void ListProcesses(List<int> pids)
    {
        var content = new ArrayBufferWriter<byte>();
        KernelFile.TryRead(FileOf("cgroup.procs"), content);
        PidList.Parse(content.WrittenSpan, pids);
        foreach (var child in Children())
        {
            child.ListProcesses(pids);
        }
    }

    /// <summary>
    /// What all that have ever been in it, or below, have used of the processors: counted without any controller too
    /// (cgroup-v2.rst, "cpu.stat").
    /// </summary>
    internal (TimeSpan User, TimeSpan System)? ReadProcessorTime() =>
        KernelNumbers.TryRead(FileOf("cpu.stat"), "user_usec", "system_usec") is [{ } user, { } system]
            ? (TimeSpan.FromMicroseconds(user), TimeSpan.FromMicroseconds(system))
            : null;

    /// <summary>The groups directly below; a task may make some for itself.</summary>
    internal IEnumerable<Cgroup> Children()
    {
        string[] paths;
        try
        {
            paths = Directory.GetDirectories(location.Directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is gone, or not for us to look into.
            return [];
        }

        return paths.Select(path => new Cgroup(location.Child(Path.GetFileName(path))));
    }

    /// <summary>True for a process that is in it or below.</summary>
    internal bool Contains(int pid)
    {
        var content = new ArrayBufferWriter<byte>();
        if (!KernelFile.TryRead($"/proc/{pid}/cgroup", content))
        {
            return false;
        }

        foreach (var range in content.WrittenSpan.Split((byte)'\n'))
        {
            var line = content.WrittenSpan[range];
            if (line.StartsWith("0::"u8))
            {
                var place = Encoding.UTF8.GetString(line["0::".Length..]);
                return place == location.Name || place.StartsWith($"{location.Name}/", StringComparison.Ordinal);
            }
        }

        return false;
    }

    /// <summary>Removes it with all below.</summary>
    /// <returns>False while a process in it is still alive, or dying.</returns>
    internal bool TryRemove()
    {
        var errno = KernelFile.RemoveDirectory(location.Directory);
        if (errno is Errno.EBUSY or Errno.ENOTEMPTY && Children().ToList() is { Count: > 0 } children)
        {
            children.ForEach(child => child.TryRemove());
            errno = KernelFile.RemoveDirectory(location.Directory);
        }

        return errno is 0 or Errno.ENOENT;
    }

    /// <summary>Writes to one of its files.</summary>
    /// <returns>0 or the errno.</returns>
    internal int Write(string file, string value) => KernelFile.Write(FileOf(file), Encoding.ASCII.GetBytes(value));

    /// <summary>The number in one of its files; null when it is not there.</summary>
    internal long? NumberIn(string file) => KernelNumbers.TryRead(FileOf(file));

    /// <summary>The number beside a name in one of its files; null when it is not there.</summary>
    internal long? CountOf(string file, string name) => KernelNumbers.TryRead(FileOf(file), name)[0];

    /// <summary>Whether a word is among those in one of its files.</summary>
    internal bool Lists(string file, string word)
    {
        var content = new ArrayBufferWriter<byte>();
        return KernelFile.TryRead(FileOf(file), content)
            && Encoding.ASCII.GetString(content.WrittenSpan).Split(' ', '\n').Contains(word, StringComparer.Ordinal);
    }

    /// <summary>A process that writes 0 to it is here from then on.</summary>
    internal string EntryFile => FileOf("cgroup.procs");

    private string FileOf(string file) => $"{location.Directory}/{file}";
}
