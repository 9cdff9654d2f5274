using System.Buffers;
using System.Buffers.Binary;

namespace Levity.Daemon.Security.Admission;

/// <summary>
/// Follows the frames of one HTTP/2 connection (RFC 9113, section 4.1) and counts those that ask for nothing: PING, SETTINGS,
/// CONTINUATION, PRIORITY, unknown ones, DATA without data. Kestrel answers any number. A client needs few of them, and some
/// more while it is being sent something: several gRPC libraries send a PING for each way there and back, to measure how much is
/// on the way.
/// </summary>
internal sealed class FrameBudget(TimeProvider time)
{
    /// <summary>At once, as when gRPC clients measure a connection with PINGs at its beginning.</summary>
    internal const int Most = 2_000;

    /// <summary>In the long run.</summary>
    internal const int PerSecond = 200;

    /// <summary>
    /// For so many bytes that are sent to the client it may send one more. The answer to a PING has 17, so PINGs do not pay
    /// for themselves.
    /// </summary>
    internal const int BytesSentForOne = 32;

    private const int PrefaceLength = 24;
    private const int HeaderLength = 9;
    private const byte EndStream = 1;

    private readonly byte[] _header = new byte[HeaderLength];
    private long _skip = PrefaceLength;
    private int _headerBytes;
    private double _left = Most;
    private long _countedAt = time.GetTimestamp();

    // The only thing here that is not the reader's.
    private long _sent;

    /// <summary>The client is being sent so much. Whoever writes may call it while another reads.</summary>
    public void Sent(int bytes) => Interlocked.Add(ref _sent, bytes);

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
            var earned = (time.GetElapsedTime(_countedAt).TotalSeconds * PerSecond)
                + ((double)Interlocked.Exchange(ref _sent, 0) / BytesSentForOne);
            _left = Math.Min(Most, _left + earned);
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
