using Levity.Linux;
using Levity.Protocol.Audit;

namespace Levity.Daemon.Audit;

/// <summary>
/// Finds the end of the chain that is there, and makes a file that can be appended to: a torn end is cut off, and a file
/// whose chain is broken is put aside as it is.
/// </summary>
internal static partial class AuditOpening
{
    /// <summary>Opens the current file; what there is to tell of it goes into the first records.</summary>
    /// <exception cref="LinuxException">It cannot be opened: a link, no space for it …</exception>
    public static (AuditFile File, IReadOnlyList<AuditRecord> News) Open(
        AuditDirectory directory, AuditSeal seal, TimeProvider time, ILogger logger)
    {
        var chain = new AuditChain();
        var file = directory.OpenCurrent();
        var finding = AuditFinding.In(file.ReadAt, chain);
        var broken = default(string);
        if (finding.Problem is { } problem)
        {
            broken = $"line {finding.Lines + 1}: {problem}";
            file.Dispose();
            var aside = directory.PutAside(time.GetUtcNow());
            Log.Broken(logger, broken, aside);
            file = directory.OpenCurrent();
            finding = new AuditFinding(0, 0, 0, 0);
        }
        else if (finding.Torn > 0)
        {
            Log.Torn(logger, finding.Torn);
            Check(file.SetLength(finding.End), "ftruncate", file.Path);
        }

        if (chain.Last == 0)
        {
            var earlier = FollowEarlier(directory, chain, logger);
            broken ??= earlier;
        }

        directory.Flush();
        seal.Continue(chain.Last, chain.Hash);
        var news = new List<AuditRecord>();
        if (finding.First == 0)
        {
            news.Add(new AuditRecord(AuditRecord.Begin) { Broken = broken });
        }

        if (finding.Torn > 0)
        {
            news.Add(new AuditRecord(AuditRecord.Torn) { Count = finding.Torn });
        }

        return (new AuditFile(file, finding.First, finding.End), news);
    }

    // The current file is empty: levityd ended between making it and its first record, or there was none ever.
    private static string? FollowEarlier(AuditDirectory directory, AuditChain chain, ILogger logger)
    {
        if (directory.Earlier is not [.., var last])
        {
            return null;
        }

        using var file = directory.OpenEarlier(last);
        var finding = AuditFinding.In(file.ReadAt, chain);
        var problem = finding.Problem ?? (finding.Torn > 0 ? "it is not whole" : null);
        if (problem is null)
        {
            return null;
        }

        var broken = $"{last}: line {finding.Lines + 1}: {problem}";
        Log.Broken(logger, broken, last);
        return broken;
    }

    private static void Check(int errno, string call, string path)
    {
        if (errno != 0)
        {
            throw new LinuxException(call, errno, path);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(601, LogLevel.Critical,
            "The audit log is not as levityd wrote it: {Problem}. It is kept as {File}; see `levity audit verify`")]
        public static partial void Broken(ILogger logger, string problem, string file);

        [LoggerMessage(602, LogLevel.Warning, "The audit log ended in {Bytes} bytes of a record, which are cut off")]
        public static partial void Torn(ILogger logger, long bytes);
    }
}
