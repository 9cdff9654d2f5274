using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Levity.Protocol.Audit;

namespace Levity.Daemon.Audit;

/// <summary>Makes lines of records: gives each its number, its time and its hash.</summary>
internal sealed class AuditSeal(TimeProvider time) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _line = new(AuditRecord.Longest);
    private readonly Utf8JsonWriter _json = new(Stream.Null, new JsonWriterOptions { SkipValidation = true });
    private readonly byte[] _hash = AuditLine.NoHash.ToArray();

    // Of the last record that is in the file.
    private readonly byte[] _settledHash = AuditLine.NoHash.ToArray();
    private long _settledSequence;

    /// <summary>The number of the last record.</summary>
    public long Sequence { get; private set; }

    /// <summary>Goes on from a record that is in a file.</summary>
    public void Continue(long sequence, ReadOnlySpan<byte> hash)
    {
        Sequence = sequence;
        hash.CopyTo(_hash);
        Settle();
    }

    /// <summary>All lines up to here are in the file.</summary>
    public void Settle()
    {
        _settledSequence = Sequence;
        _hash.CopyTo(_settledHash, 0);
    }

    /// <summary>The lines since then never were: the next one takes the number of the first of them.</summary>
    public void Unsettle()
    {
        Sequence = _settledSequence;
        _settledHash.CopyTo(_hash, 0);
    }

    /// <summary>The line of the next record, with its newline; good until the next one.</summary>
    /// <param name="record">What it tells.</param>
    /// <param name="begins">Whether it is the first of its file.</param>
    public ReadOnlySpan<byte> Next(in AuditRecord record, bool begins = false)
    {
        Sequence++;
        _line.ResetWrittenCount();
        _line.Write(_hash);
        _json.Reset(_line);
        _json.WriteStartObject();
        _json.WriteNumber("seq", Sequence);
        WriteTime(record.Time ?? time.GetUtcNow().UtcDateTime);
        if (begins)
        {
            _json.WriteString("previous", _hash);
        }

        record.WriteTo(_json);
        _json.Flush();
        AuditLine.Hash(_line.WrittenSpan, _hash);
        _line.Write(AuditLine.Mark);
        _line.Write(_hash);
        _line.Write(AuditLine.End);
        _line.Write("\n"u8);
        return _line.WrittenSpan[AuditLine.HashLength..];
    }

    public void Dispose() => _json.Dispose();

    private void WriteTime(DateTime utc)
    {
        // The round-trip form is made many times faster than any other; of its seven digits there are six.
        Span<byte> text = stackalloc byte[32];
        utc.TryFormat(text, out var length, "O", CultureInfo.InvariantCulture);
        text[length - 2] = (byte)'Z';
        _json.WriteString("time", text[..(length - 1)]);
    }
}
