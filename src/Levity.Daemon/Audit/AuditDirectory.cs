using System.Globalization;
using Levity.Linux;

namespace Levity.Daemon.Audit;

/// <summary>
/// The names of an audit log's files: <c>audit.log</c>, and those that were it before, each with the number of its first
/// record behind that.
/// </summary>
internal sealed class AuditDirectory : IDisposable
{
    private const string Current = "audit.log";
    private const string Next = "audit.log.next";
    private const string Pending = "audit.pending";
    private const string NumberForm = "D12";

    private readonly LinuxDirectory _directory;

    private AuditDirectory(LinuxDirectory directory) => _directory = directory;

    /// <summary>The earlier files, oldest first.</summary>
    public IReadOnlyList<string> Earlier => [.. _directory.Names().Where(IsEarlier).Order(StringComparer.Ordinal)];

    public static AuditDirectory Open(string path) => new(
        LinuxDirectory.TryOpen(path) ?? throw new LinuxException("open", Errno.ENOENT, path));

    public LinuxFile OpenCurrent() => _directory.OpenOrCreateAppendFile(Current);

    public LinuxFile OpenEarlier(string name) => _directory.TryOpenRead(name)
        ?? throw new LinuxException("openat", Errno.ENOENT, $"{_directory.Path}/{name}");

    /// <summary>Makes the file that is to be the next current one.</summary>
    public LinuxFile CreateNext()
    {
        _directory.Unlink(Next);
        return _directory.OpenOrCreateAppendFile(Next);
    }

    public void DropNext() => _directory.Unlink(Next);

    /// <summary>The next one is the current one from here on, and that an earlier one.</summary>
    public void Turn(long firstOfCurrent)
    {
        _directory.Rename(Current, $"{Current}.{firstOfCurrent.ToString(NumberForm, CultureInfo.InvariantCulture)}");
        _directory.Rename(Next, Current);
    }

    /// <summary>What is not on record yet: <see cref="AuditPending"/>.</summary>
    public LinuxFile OpenPending() => _directory.OpenOrCreateFile(Pending);

    /// <summary>Puts the current one aside under a name that says so; there is none then.</summary>
    /// <returns>That name.</returns>
    public string PutAside(DateTimeOffset now) => PutAside(Current, now);

    /// <summary>The same with what has the name of <see cref="OpenPending"/>.</summary>
    /// <returns>That name.</returns>
    public string PutPendingAside(DateTimeOffset now) => PutAside(Pending, now);

    /// <summary>Removes an earlier file.</summary>
    public void Remove(string name) => _directory.Unlink(name);

    /// <summary>Waits until the names are on the disk.</summary>
    public void Flush() => _directory.Flush();

    public void Dispose() => _directory.Dispose();

    private string PutAside(string name, DateTimeOffset now)
    {
        var aside = $"{name}.damaged-{now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture)}";
        _directory.Rename(name, aside);
        return aside;
    }

    private static bool IsEarlier(string name) =>
        name.StartsWith($"{Current}.", StringComparison.Ordinal)
        && name[(Current.Length + 1)..] is { Length: >= 12 } number
        && number.All(char.IsAsciiDigit);
}
