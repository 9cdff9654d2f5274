using System.Globalization;
using System.IO.Enumeration;

namespace Levity.Processes.ProcFs;

/// <summary>All processes of the machine, as far as /proc shows them.</summary>
internal static class ProcTable
{
    /// <summary>Reads the table. Not one moment's picture: processes come and go while it is read.</summary>
    internal static List<ProcStat> Read()
    {
        var table = new List<ProcStat>();
        var pids = new FileSystemEnumerable<int>(
            "/proc",
            (ref FileSystemEntry entry) => int.Parse(entry.FileName, CultureInfo.InvariantCulture))
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => char.IsAsciiDigit(entry.FileName[0]),
        };
        foreach (var pid in pids)
        {
            if (ProcStat.TryRead(pid) is { } process)
            {
                table.Add(process);
            }
        }

        return table;
    }
}
