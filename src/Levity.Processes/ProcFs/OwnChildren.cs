using System.Buffers;
using Levity.Linux;

namespace Levity.Processes.ProcFs;

/// <summary>
/// The children of this process, adopted ones included, without a look at any other process:
/// /proc/PID/task/TID/children of proc(5). Exact as long as no child is reaped meanwhile.
/// </summary>
internal static class OwnChildren
{
    /// <returns>False when this kernel does not tell (CONFIG_PROC_CHILDREN).</returns>
    internal static bool TryList(List<int> pids)
    {
        // Each thread has the children that it has started, and the first one those that were left to us.
        var content = new ArrayBufferWriter<byte>();
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            var errno = KernelFile.Read(null, $"{thread}/children", content);
            if (errno == 0)
            {
                continue;
            }

            // A thread that has just ended has given its children to another one: start again with a full scan.
            return false;
        }

        PidList.Parse(content.WrittenSpan, pids);
        return true;
    }
}
