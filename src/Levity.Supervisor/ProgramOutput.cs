using System.Text;
using Levity.Linux;

namespace Levity.Supervisor;

/// <summary>The few words that a program of ours says.</summary>
internal static class ProgramOutput
{
    private const int Longest = 4096;

    /// <summary>Reads to the end of a pipe.</summary>
    /// <param name="milliseconds">How long to wait for each piece; -1 for no end.</param>
    /// <returns>Null when it took too long, or was too much.</returns>
    public static string? ReadToEnd(SafeFileDescriptor pipe, int milliseconds)
    {
        using var epoll = new Epoll();
        epoll.Add(pipe, EpollEvents.In, 0);
        var text = new StringBuilder();
        Span<EpollEvent> events = stackalloc EpollEvent[1];
        Span<byte> buffer = stackalloc byte[Longest];
        while (text.Length <= Longest)
        {
            if (epoll.Wait(events, milliseconds) == 0 && milliseconds >= 0)
            {
                return null;
            }

            if (DescriptorIO.TryRead(pipe, buffer, out var count))
            {
                if (count == 0)
                {
                    return text.ToString();
                }

                text.Append(Encoding.UTF8.GetString(buffer[..count]));
            }
        }

        return null;
    }
}
