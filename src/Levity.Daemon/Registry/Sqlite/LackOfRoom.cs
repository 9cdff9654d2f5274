using System.Runtime.InteropServices;
using Levity.Linux;
using Microsoft.Data.Sqlite;

namespace Levity.Daemon.Registry.Sqlite;

/// <summary>
/// Whether what SQLite could not do is for want of room only: nothing was written then, and it can be tried again. SQLite
/// says so of a full disk (ENOSPC); a quota that is used up (EDQUOT) it takes for a disk that has failed (unixWrite in
/// os_unix.c), and only the errno tells the two apart.
/// </summary>
internal static class LackOfRoom
{
    // sqlite3.h: SQLITE_FULL, SQLITE_IOERR_WRITE.
    private const int Full = 13;
    private const int WriteFailed = 778;

    // https://sqlite.org/c3ref/system_errno.html, which SQLitePCLRaw does not pass on.
    private static readonly SystemErrno? ErrnoOf =
        NativeLibrary.TryLoad("e_sqlite3", typeof(LackOfRoom).Assembly, searchPath: null, out var sqlite)
        && NativeLibrary.TryGetExport(sqlite, "sqlite3_system_errno", out var function)
            ? Marshal.GetDelegateForFunctionPointer<SystemErrno>(function)
            : null;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int SystemErrno(nint connection);

    /// <summary>Asked right after the failure: the errno is that of the connection's latest.</summary>
    public static bool IsMetBy(Exception e, SqliteConnection connection) => e is SqliteException sqlite
        && (sqlite.SqliteErrorCode == Full
            || (sqlite.SqliteExtendedErrorCode == WriteFailed && LatestErrno(connection) == Errno.EDQUOT));

    private static int LatestErrno(SqliteConnection connection) =>
        connection.Handle is { IsInvalid: false } handle ? ErrnoOf?.Invoke(handle.DangerousGetHandle()) ?? 0 : 0;
}
