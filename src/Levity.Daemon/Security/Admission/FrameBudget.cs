using System.Buffers;
using System.Buffers.Binary;

namespace Levity.Daemon.Security.Admission;

/// <summary>
/// Follows the frames of one HTTP/2 connection (RFC 9113, section 4.1) and counts those that ask for nothing: PING, SETTINGS,
/// CONTINUATION, PRIORITY, unknown ones, DATA without data. A client needs few of them; Kestrel answers any number.
/// </summary>
internal sealed class FrameBudget(TimeProvider time)
{
    /// <summary>At once, as when gRPC clients measure a connection with PINGs at its beginning.</summary>
    internal const int Most = 2_000;

    /// <summary>In the long run.</summary>
    internal const int PerSecond = 200;

    private const int PrefaceLength = 24;
    private const int HeaderLength = 9;
    private const byte EndStream = 1;

    private readonly byte[] _header = new byte[HeaderLength];
    private long _skip = PrefaceLength;
    private int _headerBytes;
    private double _left = Most;
    private long _countedAt = time.GetTimestamp();

    /// <summary>Goes on with what has come next; false when these are too many.</summary>
    public bool TryPass(in ReadOnlySequence<byte> bytes)
    {
        var reader = new SequenceReader<byte>(bytes);
        while (reader.Remaining > 0)
        {
            if (_skip > 0)
            {
                var skipped = Math.Min(_skip, reader.Remaining);
                reader.Advance(skipped);
                _skip -= skipped;
                continue;
            }

            var missing = _header.AsSpan(_headerBytes);
            var part = (int)Math.Min(missing.Length, reader.Remaining);
            reader.TryCopyTo(missing[..part]);
            reader.Advance(part);
            _headerBytes += part;
            if (_headerBytes == HeaderLength && !TryCount())
            {
                return false;
            }
        }

        return true;
    }

    private bool TryCount()
    {
        _headerBytes = 0;
        _skip = (_header[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(1));
        var asksForNothing = (FrameType)_header[3] switch
        {
            FrameType.Data => _skip == 0 && (_header[4] & EndStream) == 0,
            FrameType.Headers or FrameType.ResetStream or FrameType.WindowUpdate => false,
            _ => true,
        };
        return !asksForNothing || TryTake();
    }

    private bool TryTake()
    {
        if (_left < 1)
        {
            _left = Math.Min(Most, _left + (time.GetElapsedTime(_countedAt).TotalSeconds * PerSecond));
            _countedAt = time.GetTimestamp();
        }

        return --_left >= 0;
    }

    private enum FrameType : byte
    {
        Data = 0,
        Headers = 1,
        ResetStream = 3,
        WindowUpdate = 8,
    }
}
