using System.Buffers.Binary;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace Levity.Daemon.Security.Admission;

/// <summary>
/// The answer to a user who has too many connections: what every HTTP/2 server begins with, an empty SETTINGS frame, and
/// GOAWAY with ENHANCE_YOUR_CALM and the reason (RFC 9113, sections 3.4, 4.1 and 6.8).
/// </summary>
internal static class TooMany
{
    private const byte Settings = 4;
    private const byte GoAway = 7;
    private const int EnhanceYourCalm = 0xb;
    private const int HeaderLength = 9;
    private const int FixedPart = 8;

    // For the client's first words: they are on their way already.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static async Task AnswerAsync(ConnectionContext connection, string why, TimeProvider time)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            await connection.Transport.Output.WriteAsync(FramesFor(why), patience.Token);

            // With something unread the kernel would reset the connection, and the answer would be lost: tcp(7), RFC 2525, 2.17.
            var read = await connection.Transport.Input.ReadAsync(patience.Token);
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It does not listen, or has left.
        }
    }

    internal static byte[] FramesFor(string why)
    {
        var text = Encoding.ASCII.GetBytes(why);
        var frames = new byte[HeaderLength + HeaderLength + FixedPart + text.Length];
        frames[3] = Settings;

        // No stream was or will be looked at: the last one is 0.
        var goAway = frames.AsSpan(HeaderLength);
        BinaryPrimitives.WriteUInt16BigEndian(goAway[1..], (ushort)(FixedPart + text.Length));
        goAway[3] = GoAway;
        BinaryPrimitives.WriteInt32BigEndian(goAway[(HeaderLength + 4)..], EnhanceYourCalm);
        text.CopyTo(goAway[(HeaderLength + FixedPart)..]);
        return frames;
    }
}
