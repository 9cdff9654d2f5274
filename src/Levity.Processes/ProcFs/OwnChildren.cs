using System.Buffers;
using Levity.Linux;

namespace Levity.Processes.ProcFs;

/// <summary>
/// The children of this process, adopted ones included, without a look at any other process:
/// /proc/PID/task/TID/children of proc(5). Exact as long as no child is reaped meanwhile.
/// </summary>
internal static class OwnChildren
{
    /// <returns>False when there is no telling: not on every kernel, and not at every moment.</returns>
    internal static bool TryList(List<int> pids)
    {
        // Each thread has the children that it has started, and the first one those that were left to us.
        var content = new ArrayBufferWriter<byte>();
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            // A thread that ends just now gives its children to another one: nobody knows which.
            if (!KernelFile.TryRead($"{thread}/children", content))
            {
                return false;
            }
        }

        PidList.Parse(content.WrittenSpan, pids);
        return true;
    }
}
