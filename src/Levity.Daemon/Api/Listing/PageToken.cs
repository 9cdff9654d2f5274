using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using Levity.Daemon.Tasks;
using Levity.Protocol;

namespace Levity.Daemon.Api.Listing;

/// <summary>
/// Where a page of a list has ended, as its reader keeps it: the place of its last task, which is good whether or not
/// there still is that task. It tells nothing that the page has not told.
/// </summary>
internal static class PageToken
{
    // A version, in case that the order of tasks ever is another one.
    private const byte Version = 1;
    private const int Length = 1 + sizeof(long) + 16;

    // DateTime.MaxValue.Ticks is no constant.
    private const long TicksOfTheLastTime = 3_155_378_975_999_999_999;

    public static string Of(TaskPosition position)
    {
        var bytes = new byte[Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), position.CreatedAt);
        position.Id.ToByteArray().CopyTo(bytes.AsSpan(1 + sizeof(long)));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a token; false for every string that is none of ours.</summary>
    public static bool TryParse(string token, [NotNullWhen(true)] out TaskPosition? position)
    {
        position = null;
        Span<byte> bytes = stackalloc byte[Length];
        if (!Base64Url.IsValid(token, out var length) || length != Length
            || !Base64Url.TryDecodeFromChars(token, bytes, out _) || bytes[0] != Version
            || BinaryPrimitives.ReadInt64BigEndian(bytes[1..]) is < 0 or > TicksOfTheLastTime)
        {
            return false;
        }

        position = new TaskPosition(
            BinaryPrimitives.ReadInt64BigEndian(bytes[1..]), TaskId.FromBytes(bytes[(1 + sizeof(long))..]));
        return true;
    }
}
