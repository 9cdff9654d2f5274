using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Levity.Daemon.Registry.Sqlite;

/// <summary>
/// The values of a row as they are stored: each is of the type that it was written with, or an
/// <see cref="InvalidCastException"/>. By the statement's handle, for the reader's own methods convert, and ask for each
/// value several times; at the start of levityd there are a million of them.
/// </summary>
internal static class StoredValue
{
    public static bool IsNull(SqliteDataReader row, int column) =>
        raw.sqlite3_column_type(row.Handle, column) == raw.SQLITE_NULL;

    public static long Number(SqliteDataReader row, int column)
    {
        Require(raw.SQLITE_INTEGER, row, column);
        return raw.sqlite3_column_int64(row.Handle, column);
    }

    public static byte[] Bytes(SqliteDataReader row, int column)
    {
        Require(raw.SQLITE_BLOB, row, column);
        return raw.sqlite3_column_blob(row.Handle, column).ToArray();
    }

    // As bytes, for a text that has a zero in it is a text too.
    /// <param name="likely">What it probably is: then that is returned, and there is no second one of it in memory.</param>
    public static string Text(SqliteDataReader row, int column, string? likely = null)
    {
        Require(raw.SQLITE_TEXT, row, column);
        var text = raw.sqlite3_column_blob(row.Handle, column);
        return likely is not null && Ascii.Equals(text, likely) ? likely : Encoding.UTF8.GetString(text);
    }

    private static void Require(int type, SqliteDataReader row, int column)
    {
        if (raw.sqlite3_column_type(row.Handle, column) is var stored && stored != type)
        {
            throw new InvalidCastException($"column {column} has a value of type {stored}, not {type}");
        }
    }
}
