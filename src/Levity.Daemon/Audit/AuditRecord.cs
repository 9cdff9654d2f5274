using System.Text.Json;

namespace Levity.Daemon.Audit;

/// <summary>
/// What one record tells. Whatever comes from outside is cut to a length, and escaped by the JSON writer: everything but
/// plain ASCII is, so that no name can begin a line or move a cursor.
/// </summary>
internal readonly record struct AuditRecord(string Event)
{
    /// <summary>More bytes than any record has: all of its texts at their longest, each character escaped to six.</summary>
    public const int Longest = 8 * 1024;

    public const string Call = "call";
    public const string Handshake = "handshake";

    /// <summary>The first record of a file.</summary>
    public const string Begin = "begin";

    /// <summary>The end of the file was cut off: a record that was being written when levityd or the machine ended.</summary>
    public const string Torn = "torn";

    /// <summary>Records that found no room.</summary>
    public const string Lost = "lost";

    /// <summary>Something about the file of what is not on record yet: <see cref="AuditPending"/>.</summary>
    public const string Pending = "pending";

    /// <summary>When it was over; when it is put on record if it is null.</summary>
    public DateTime? Time { get; init; }

    /// <summary>When it began, of what levityd has not seen the end of.</summary>
    public DateTime? Began { get; init; }

    /// <summary>The user's name in the verified certificate.</summary>
    public string? Identity { get; init; }

    /// <summary>The name in a certificate that was refused: anybody can write any name into one.</summary>
    public string? Claimed { get; init; }

    /// <summary>The certificate's number, in hex.</summary>
    public string? Serial { get; init; }

    public string? Address { get; init; }

    public string? Rpc { get; init; }

    /// <summary>The id that was asked about, whatever it is, or of the task that was started.</summary>
    public string? Task { get; init; }

    /// <summary>What was to be executed; never its arguments or its environment, which is where secrets are.</summary>
    public string? Binary { get; init; }

    /// <summary>With whom a task was to be shared, or not any more.</summary>
    public string? User { get; init; }

    /// <summary>The status of gRPC by its name, HTTP and its number where there was none, or REFUSED.</summary>
    public string? Outcome { get; init; }

    public string? Reason { get; init; }

    public TimeSpan? Duration { get; init; }

    /// <summary>How many bytes were torn off, records lost, or handshakes are told of by this one record.</summary>
    public long? Count { get; init; }

    /// <summary>Why the chain was not sound where this file goes on from it.</summary>
    public string? Broken { get; init; }

    /// <summary>Writes the members of the object, but for those that the chain has.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteString("event", Event);
        Write(json, "identity", Identity, 64);
        Write(json, "claimed", Claimed, 128);
        Write(json, "serial", Serial, 64);
        Write(json, "address", Address, 64);
        Write(json, "rpc", Rpc, 160);
        Write(json, "task", Task, 64);
        Write(json, "binary", Binary, 200);
        Write(json, "user", User, 64);
        Write(json, "outcome", Outcome, 32);
        Write(json, "reason", Reason, 200);
        Write(json, "broken", Broken, 200);
        if (Began is { } began)
        {
            json.WriteString("began", began);
        }

        if (Duration is { } duration)
        {
            json.WriteNumber("ms", Math.Round(duration.TotalMilliseconds, 3));
        }

        if (Count is { } count)
        {
            json.WriteNumber(Event switch { Torn => "bytes", Handshake => "handshakes", _ => "records" }, count);
        }
    }

    private static void Write(Utf8JsonWriter json, string name, string? text, int longest)
    {
        if (text is null)
        {
            return;
        }

        if (text.Length <= longest)
        {
            json.WriteString(name, text);
        }
        else
        {
            json.WriteString(name, $"{text.AsSpan(0, longest)}…");
        }
    }
}
