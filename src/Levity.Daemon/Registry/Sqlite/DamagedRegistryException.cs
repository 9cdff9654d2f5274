using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Levity.Daemon.Registry.Sqlite;

/// <summary>The registry's file is not as it was written.</summary>
internal sealed class DamagedRegistryException(string message) : Exception(message)
{
    // SQLITE_IOERR_SHORT_READ: the disk is well, the file is shorter than it says of itself.
    private const int ShortRead = 522;

    /// <summary>
    /// Whether this, met while a registry is opened, is about what is in the file. A flipped bit in the first page can
    /// make SQLite say nearly anything; what it says about the disk, the memory and other processes is left out.
    /// </summary>
    public static bool IsMetBy(Exception e) =>
        e is DamagedRegistryException or SqliteException { SqliteExtendedErrorCode: ShortRead }
        || (e is SqliteException sqlite && sqlite.SqliteErrorCode is not (
            raw.SQLITE_PERM or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_NOMEM or raw.SQLITE_IOERR
            or raw.SQLITE_FULL or raw.SQLITE_AUTH));
}
