using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Levity.Daemon.Registry.Sqlite;

/// <summary>
/// Reads what can still be read of a damaged registry, up and down: in the order of the ids, and where that breaks off,
/// from the next range of their first twelve bits on. (Ids are random, so that is a small step.) What is lost is what stands
/// on damaged pages. Each row proves itself by its checksum. Pages are only reached through the table: what lies about in
/// the file may be the text of somebody's request, made to look like a row.
/// </summary>
internal sealed class Salvage
{
    public const int Ranges = 4096;
    private const int PageSize = 4096;

    // The first page itself, and those at which it says that the table and its index begin: they have to be within the file.
    private const int NamedPages = 3;

    private readonly Dictionary<string, RegistryRow> _rows = [];

    private Salvage()
    {
    }

    public IReadOnlyCollection<RegistryRow> Rows => _rows.Values;

    /// <summary>How many rows were not as they had been written.</summary>
    public int DamagedRows { get; private set; }

    /// <summary>How many of the ranges of ids could not be read.</summary>
    public int LostRanges { get; private set; }

    /// <summary>Reads a copy of the damaged files, which is changed by it.</summary>
    /// <param name="copy">The copy.</param>
    /// <param name="sound">A new registry, empty and closed, of whose first page the copy's gets the contents.</param>
    public static Salvage Read(string copy, string sound)
    {
        ReplaceFirstPage(copy, sound);
        var wal = Quarantine.WalOf(copy);
        var salvage = new Salvage();
        if (IsDamagedWal(wal))
        {
            // It may be of before the last checkpoint in its sound part, or of after it: one of the two has each record.
            File.Move(wal, $"{wal}.later");
            salvage.ReadAll(copy);
            File.Move($"{wal}.later", wal);
        }

        salvage.ReadAll(copy);
        return salvage;
    }

    // The header and the schema are known, so that damage there costs nothing. The new page names no free pages.
    private static void ReplaceFirstPage(string copy, string sound)
    {
        var page = new byte[PageSize];
        using (var from = File.OpenRead(sound))
        {
            from.ReadExactly(page);
        }

        using var file = new FileStream(copy, FileMode.Open, FileAccess.Write);
        file.SetLength(Math.Max(NamedPages, file.Length / PageSize) * PageSize);
        BinaryPrimitives.WriteUInt32BigEndian(page.AsSpan(28), (uint)(file.Length / PageSize));
        file.Write(page);
    }

    private static bool IsDamagedWal(string wal)
    {
        try
        {
            WalFile.RequireSound(wal);
            return false;
        }
        catch (DamagedRegistryException)
        {
            return true;
        }
    }

    private void ReadAll(string copy)
    {
        try
        {
            using var connection = RegistryDatabase.OpenUnchecked(copy);

            // SQLite has to read a whole row to compare with it, so a damaged one hides those behind it, for this direction.
            var (damagedUp, lostUp) = ReadAll(connection, up: true);
            var (damagedDown, lostDown) = ReadAll(connection, up: false);
            (DamagedRows, LostRanges) = (Math.Max(damagedUp, damagedDown), Math.Min(lostUp, lostDown));
        }
        catch (SqliteException)
        {
            // Not even the table on the new first page can be asked for anything.
            LostRanges = Ranges;
        }
    }

    private (int Damaged, int Lost) ReadAll(SqliteConnection connection, bool up)
    {
        // Bounded on one side: a key that is damaged may look like one beyond the other, and would end the reading.
        using var select = connection.CreateCommand();
        var from = select.Parameters.Add("$from", SqliteType.Blob);
        var (damaged, lost, range) = (0, 0, up ? 0 : Ranges);
        var (columns, order) = (RegistryRow.Columns, up ? "ORDER BY id" : "ORDER BY id DESC");

        // Without any bound to begin with: the way to one may lead over a damaged row, the way to either end does not.
        select.CommandText = $"SELECT {columns} FROM tasks {order}";
        for (var last = Prefix(range); range is >= 0 and <= Ranges;)
        {
            from.Value = Convert.FromHexString(last);
            var broken = ReadFrom(select, up, ref last, ref damaged);
            if (broken is null)
            {
                break;
            }

            select.CommandText = $"SELECT {columns} FROM tasks WHERE id {(up ? '>' : '<')} $from {order}";

            if (broken is false)
            {
                lost++;
                range = Range(last) + (up ? 1 : last.Length == 32 ? 0 : -1);
                last = Prefix(range);
            }
        }

        return (damaged, Math.Min(lost, Ranges));
    }

    // As far as it goes, which moves the last id on. True when it broke off after some rows, false before the first one,
    // null when it came to the end.
    private bool? ReadFrom(SqliteCommand select, bool up, ref string last, ref int damaged)
    {
        var first = last;
        try
        {
            using var reader = select.ExecuteReader();
            while (reader.Read())
            {
                if (RegistryRow.TryRead(reader) is not { } row)
                {
                    damaged++;
                    continue;
                }

                var id = Convert.ToHexString(row.Id);
                Keep(id, row);
                last = string.CompareOrdinal(id, last) > 0 == up ? id : last;
            }

            return null;
        }
        catch (SqliteException)
        {
            return last != first;
        }
    }

    // Of two bytes, and so below all ids that begin with them; the last one is above all ids.
    private static string Prefix(int range) => range < Ranges ? $"{Math.Max(range, 0):X3}0" : new string('F', 34);

    private static int Range(string id) =>
        id.Length > 32 ? Ranges : int.Parse(id.AsSpan(0, 3), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    // A task that is over has been so since: of two rows that is the later one.
    private void Keep(string id, RegistryRow row)
    {
        if (!_rows.TryGetValue(id, out var known) || known.Ending is null)
        {
            _rows[id] = row;
        }
    }
}
