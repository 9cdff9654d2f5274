using System.Buffers.Binary;
using System.Net.Sockets;
using Google.Protobuf;
using Levity.Protocol.Supervisor;

namespace Levity.Fuzz.Targets;

/// <summary>
/// What comes over the control socket, the first byte of which says from which end: exactly the messages that are in it,
/// up to what is none.
/// </summary>
internal sealed class MessageTarget : IFuzzTarget
{
    // So much is in the socket before anybody reads, and nothing has to wait.
    private const int LongestInput = 32 * 1024;

    public void Take(byte[] input)
    {
        if (input.Length is 0 or > LongestInput)
        {
            return;
        }

        if (input[0] % 2 == 0)
        {
            Take<Request, Reply>(input[1..], Request.Parser);
        }
        else
        {
            Take<Reply, Request>(input[1..], Reply.Parser);
        }
    }

    public void Dispose()
    {
    }

    private static void Take<TIn, TOut>(byte[] bytes, MessageParser<TIn> parser)
        where TIn : class, IMessage<TIn>, new()
        where TOut : class, IMessage<TOut>
    {
        var expected = Split(bytes, parser, out var isSound);
        var received = ReceiveAsync<TIn, TOut>(bytes).GetAwaiter().GetResult();
        Promise.Require(expected.SequenceEqual(received.Messages), "other messages than were sent");
        Promise.Require(isSound == received.IsSound, "what is no message was taken for one, or the other way round");
    }

    private static async Task<(List<TIn> Messages, bool IsSound)> ReceiveAsync<TIn, TOut>(byte[] bytes)
        where TIn : class, IMessage<TIn>, new()
        where TOut : class, IMessage<TOut>
    {
        var (one, other) = await ConnectAsync();
        using (other)
        {
            await using var connection = new MessageConnection<TIn, TOut>(one);
            other.Send(bytes);
            other.Shutdown(SocketShutdown.Send);
            var messages = new List<TIn>();
            try
            {
                await foreach (var message in connection.ReadAllAsync(CancellationToken.None))
                {
                    messages.Add(message);
                }

                return (messages, true);
            }
            catch (InvalidDataException)
            {
                return (messages, false);
            }
        }
    }

    private static List<TIn> Split<TIn>(ReadOnlySpan<byte> bytes, MessageParser<TIn> parser, out bool isSound)
        where TIn : class, IMessage<TIn>, new()
    {
        var messages = new List<TIn>();
        isSound = true;
        while (isSound && bytes.Length >= sizeof(int))
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            bytes = bytes[sizeof(int)..];
            isSound = length is >= 0 and <= ControlProtocol.MaxMessageLength;
            if (!isSound || bytes.Length < length)
            {
                break;
            }

            try
            {
                messages.Add(parser.ParseFrom(bytes[..length]));
                bytes = bytes[length..];
            }
            catch (InvalidProtocolBufferException)
            {
                isSound = false;
            }
        }

        return messages;
    }

    private static async Task<(Socket One, Socket Other)> ConnectAsync()
    {
        // An abstract address (unix(7)): nothing in the file system, nothing to clean up.
        var address = new UnixDomainSocketEndPoint($"\0levity-fuzz-{Guid.NewGuid()}");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(address);
        listener.Listen();
        var one = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await one.ConnectAsync(address);
        return (one, await listener.AcceptAsync());
    }
}
