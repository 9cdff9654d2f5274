using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Google.Protobuf;

namespace Levity.Protocol.Supervisor;

/// <summary>
/// One end of the control socket: whole messages in, whole messages out. Each is preceded by its length as four
/// bytes, little-endian. Messages are posted from any thread and go out in that order, as many to a system call as
/// are waiting. The queue has no bound of its own: what is posted is answers to requests, and one-shot events.
/// </summary>
public sealed class MessageConnection<TIn, TOut> : IAsyncDisposable
    where TIn : IMessage<TIn>, new()
    where TOut : class, IMessage<TOut>
{
    private const int LengthPrefix = sizeof(int);
    private const int SendBatch = 256 * 1024;
    private static readonly TimeSpan FlushTime = TimeSpan.FromSeconds(1);

    // Whoever posts while nothing is being sent sends, on its own thread: handing a message over to another one costs
    // more than the system call, which never waits. What is posted meanwhile goes along.
    private readonly Channel<TOut> _outgoing = Channel.CreateUnbounded<TOut>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    private readonly MessageParser<TIn> _parser = new(() => new TIn());
    private readonly NetworkStream _stream;
    private readonly Task _sending;

    /// <summary>Takes over a connected socket.</summary>
    public MessageConnection(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _sending = SendLoopAsync();
    }

    /// <summary>Queues a message; false when the connection is closed.</summary>
    public bool Post(TOut message) => _outgoing.Writer.TryWrite(message);

    /// <summary>
    /// All messages until the peer closes. Throws <see cref="InvalidDataException"/> when what arrives is no message,
    /// and <see cref="IOException"/> when the connection breaks.
    /// </summary>
    public async IAsyncEnumerable<TIn> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(_stream, new StreamPipeReaderOptions(leaveOpen: true));
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(cancellationToken);
                var buffer = result.Buffer;
                while (TryTake(ref buffer, out var body))
                {
                    yield return Parse(body);
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                {
                    yield break;
                }
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    /// <summary>Closes, after a moment for what is still queued.</summary>
    public async ValueTask DisposeAsync()
    {
        _outgoing.Writer.TryComplete();
        await Task.WhenAny(_sending, Task.Delay(FlushTime, TimeProvider.System));

        // A peer that does not read would hold a blocked write for ever: closing ends that write with an error.
        await _stream.DisposeAsync();
        await _sending;
    }

    private static bool TryTake(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> body)
    {
        body = default;
        if (buffer.Length < LengthPrefix)
        {
            return false;
        }

        Span<byte> prefix = stackalloc byte[LengthPrefix];
        buffer.Slice(0, LengthPrefix).CopyTo(prefix);
        var length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (length is < 0 or > ControlProtocol.MaxMessageLength)
        {
            throw new InvalidDataException($"a control message of {length} bytes");
        }

        if (buffer.Length < LengthPrefix + length)
        {
            return false;
        }

        body = buffer.Slice(LengthPrefix, length);
        buffer = buffer.Slice(LengthPrefix + length);
        return true;
    }

    private TIn Parse(ReadOnlySequence<byte> body)
    {
        try
        {
            return _parser.ParseFrom(body);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidDataException("an unreadable control message", e);
        }
    }

    private async Task SendLoopAsync()
    {
        var batch = new ArrayBufferWriter<byte>(4096);
        try
        {
            while (await _outgoing.Reader.WaitToReadAsync())
            {
                while (batch.WrittenCount < SendBatch && _outgoing.Reader.TryRead(out var message))
                {
                    Append(batch, message);
                }

                await _stream.WriteAsync(batch.WrittenMemory);
                batch.ResetWrittenCount();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The peer is gone, or we are closing, or there was no memory for it (ENOBUFS): then only this side knows.
            // Nothing more is taken in, and the reading side finds out too and ends the connection.
            _outgoing.Writer.TryComplete();
            ShutDown();
        }
    }

    private void ShutDown()
    {
        try
        {
            _stream.Socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was so already.
        }
    }

    private static void Append(ArrayBufferWriter<byte> batch, TOut message)
    {
        var length = message.CalculateSize();
        BinaryPrimitives.WriteInt32LittleEndian(batch.GetSpan(LengthPrefix), length);
        batch.Advance(LengthPrefix);
        message.WriteTo(batch);
    }
}
