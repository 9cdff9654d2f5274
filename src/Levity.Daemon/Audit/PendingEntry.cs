using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Levity.Daemon.Audit;

/// <summary>
/// One place of audit.pending: what is known of a record so far. Numbers stand at fixed offsets; behind them come the
/// texts, each with its letter and its length.
/// </summary>
/// <remarks>
/// A kill -9 may come between any two stores. Those before it are in the file, in the order of the program, which
/// Volatile.Write keeps. So each change is made by its last store, and until then there is nothing of it. 512 bytes: no
/// place lies on two pages, or on two sectors.
/// </remarks>
internal readonly ref struct PendingEntry(Span<byte> place)
{
    public const int Size = 512;

    private const int HeadOfText = 3;

    private static readonly string[] Events = [AuditRecord.Call, AuditRecord.Handshake, AuditRecord.Lost];
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Span<byte> _place = place;

    public bool IsFree => State == 0;

    /// <summary>How many it stands for: <see cref="AuditRecord.Count"/>; -1 for itself alone.</summary>
    public ref long Count => ref At<long>(32);

    /// <summary>The number of the record that it becomes; 0 until it has one.</summary>
    public ref long Number => ref At<long>(40);

    /// <summary>The sum in which it is counted, and as the how manyth; 0 when it is in none.</summary>
    public (int Sum, long As) Counted => (At<int>(12), At<long>(48));

    private static ReadOnlySpan<byte> Ellipsis => "…"u8;

    private ref int State => ref At<int>(0);

    private ref int Length => ref At<int>(4);

    private ref int Event => ref At<int>(8);

    private ref long Time => ref At<long>(16);

    private ref long Duration => ref At<long>(24);

    private Span<byte> Texts => _place[64..];

    /// <summary>Takes the place for this, of which texts that are too long are cut.</summary>
    /// <returns>Whether all of it is there.</returns>
    public bool Fill(in AuditRecord record)
    {
        _place[..64].Clear();
        Event = Array.IndexOf(Events, record.Event);
        Time = (record.Time ?? default).Ticks;
        Duration = record.Duration?.Ticks ?? -1;
        Count = record.Count ?? -1;
        var isWhole = Add(record);
        Volatile.Write(ref State, 1);
        return isWhole;
    }

    /// <summary>Adds the texts of this to those that are there.</summary>
    /// <returns>Whether there was room for all of them.</returns>
    public bool Add(in AuditRecord more)
    {
        var end = Length;
        var isWhole = Put(ref end, 'i', more.Identity) & Put(ref end, 'c', more.Claimed) & Put(ref end, 's', more.Serial)
            & Put(ref end, 'a', more.Address) & Put(ref end, 'r', more.Rpc) & Put(ref end, 't', more.Task)
            & Put(ref end, 'b', more.Binary) & Put(ref end, 'u', more.User) & Put(ref end, 'w', more.Reason)
            & Put(ref end, 'o', more.Outcome, mayBeCut: false);
        Volatile.Write(ref Length, end);
        return isWhole;
    }

    /// <summary>It is over: this is what came of it, if there is room to say so.</summary>
    public bool TryFinish(string outcome, TimeSpan duration)
    {
        Volatile.Write(ref Duration, duration.Ticks);
        return Add(new AuditRecord(AuditRecord.Call) { Outcome = outcome });
    }

    /// <summary>It is the latest that this sum counts, once that says so too.</summary>
    public void CountIn(int sum, long count)
    {
        At<int>(12) = sum;
        Volatile.Write(ref At<long>(48), count);
    }

    /// <summary>It has no number, and is in no sum.</summary>
    public void Renew()
    {
        Volatile.Write(ref Number, 0);
        Volatile.Write(ref At<long>(48), 0);
    }

    public void Clear() => Volatile.Write(ref State, 0);

    /// <summary>What stands here; false when it is nothing that was written here.</summary>
    public bool TryRead(out AuditRecord record)
    {
        record = default;
        if (State != 1 || Event < 0 || Event >= Events.Length || Length < 0 || Length > Texts.Length
            || Time < 0 || Time > DateTime.MaxValue.Ticks - Math.Max(0, Duration) || Duration < -1 || Count < -1)
        {
            return false;
        }

        // Of a call that is over it is the end that its record tells.
        record = new AuditRecord(Events[Event])
        {
            Time = Time == 0 ? null : new DateTime(Time + Math.Max(0, Duration), DateTimeKind.Utc),
            Duration = Duration < 0 ? null : TimeSpan.FromTicks(Duration),
            Count = Count < 0 ? null : Count,
        };
        var rest = (ReadOnlySpan<byte>)Texts[..Length];
        while (!rest.IsEmpty)
        {
            if (rest.Length < HeadOfText
                || BinaryPrimitives.ReadUInt16LittleEndian(rest[1..]) is var length && length > rest.Length - HeadOfText
                || !TryTake(ref record, (char)rest[0], rest.Slice(HeadOfText, length)))
            {
                return false;
            }

            rest = rest[(HeadOfText + length)..];
        }

        return true;
    }

    private static bool TryTake(ref AuditRecord record, char letter, ReadOnlySpan<byte> bytes)
    {
        if (!Utf8.IsValid(bytes))
        {
            return false;
        }

        var text = Strict.GetString(bytes);
        switch (letter)
        {
            case 'i': record = record with { Identity = text }; return true;
            case 'c': record = record with { Claimed = text }; return true;
            case 's': record = record with { Serial = text }; return true;
            case 'a': record = record with { Address = text }; return true;
            case 'r': record = record with { Rpc = text }; return true;
            case 't': record = record with { Task = text }; return true;
            case 'b': record = record with { Binary = text }; return true;
            case 'u': record = record with { User = text }; return true;
            case 'w': record = record with { Reason = text }; return true;
            case 'o': record = record with { Outcome = text }; return true;
            default: return false;
        }
    }

    private bool Put(ref int end, char letter, string? text, bool mayBeCut = true)
    {
        if (text is null)
        {
            return true;
        }

        if (Texts.Length - end < HeadOfText + Ellipsis.Length)
        {
            return false;
        }

        var room = Texts[(end + HeadOfText)..];
        var isWhole = Utf8.FromUtf16(text, room, out _, out var length) == OperationStatus.Done;
        if (!isWhole)
        {
            if (!mayBeCut)
            {
                return false;
            }

            Utf8.FromUtf16(text, room[..^Ellipsis.Length], out _, out length);
            Ellipsis.CopyTo(room[length..]);
            length += Ellipsis.Length;
        }

        Texts[end] = (byte)letter;
        BinaryPrimitives.WriteUInt16LittleEndian(Texts[(end + 1)..], (ushort)length);
        end += HeadOfText + length;
        return isWhole;
    }

    private ref T At<T>(int offset)
        where T : unmanaged => ref MemoryMarshal.AsRef<T>(_place[offset..]);
}
