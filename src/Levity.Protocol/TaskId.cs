using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Levity.Protocol;

/// <summary>
/// The id of a task: a random UUID (version 4), so that it cannot be guessed. Its one text form is lower-case with
/// hyphens; anything else is refused, and so no id can ever be read as a path.
/// </summary>
public readonly record struct TaskId
{
    private const int TextLength = 36;

    // The platform's parser takes signs, "0x" and upper case too.
    private static readonly SearchValues<char> Characters = SearchValues.Create("-0123456789abcdef");

    private readonly Guid _value;

    private TaskId(Guid value) => _value = value;

    /// <summary>A fresh id from the system's secure random numbers.</summary>
    public static TaskId New() => new(Guid.NewGuid());

    /// <summary>Reads the text form; false for every other string.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TaskId id)
    {
        id = default;
        if (text is not { Length: TextLength } || text.AsSpan().ContainsAnyExcept(Characters))
        {
            return false;
        }

        var parsed = Guid.TryParseExact(text, "D", out var value);
        id = new TaskId(value);
        return parsed;
    }

    /// <summary>Reads what <see cref="ToByteArray"/> wrote.</summary>
    public static TaskId FromBytes(ReadOnlySpan<byte> bytes) => new(new Guid(bytes, bigEndian: true));

    /// <summary>16 bytes in the order of the text form.</summary>
    public byte[] ToByteArray() => _value.ToByteArray(bigEndian: true);

    /// <summary>In the order of the text form.</summary>
    public int CompareTo(TaskId other) => _value.CompareTo(other._value);

    public override string ToString() => _value.ToString("D");
}
