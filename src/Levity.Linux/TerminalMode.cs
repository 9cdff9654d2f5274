namespace Levity.Linux;

/// <summary>How a terminal treats what is typed and printed: tcgetattr(3). Kept as it was, to be put back.</summary>
public sealed unsafe class TerminalMode
{
    private readonly byte[] _termios;

    private TerminalMode(byte[] termios) => _termios = termios;

    /// <returns>Null for what is no terminal.</returns>
    public static TerminalMode? TryRead(SafeFileDescriptor descriptor)
    {
        var termios = new byte[Libc.TermiosSize];
        fixed (byte* start = termios)
        {
            return Libc.tcgetattr(descriptor, start) == 0 ? new TerminalMode(termios) : null;
        }
    }

    /// <summary>The same terminal passing on each key as it is, Ctrl-C too, and printing what it is given: cfmakeraw(3).</summary>
    public TerminalMode Raw()
    {
        var raw = (byte[])_termios.Clone();
        fixed (byte* start = raw)
        {
            Libc.cfmakeraw(start);
        }

        return new TerminalMode(raw);
    }

    /// <summary>
    /// Makes a terminal so, once what was printed before is out. Failing is no news: then the terminal is gone.
    /// </summary>
    public void Apply(SafeFileDescriptor descriptor)
    {
        fixed (byte* start = _termios)
        {
            while (Libc.tcsetattr(descriptor, Libc.TCSADRAIN, start) == -1 && Libc.Interrupted)
            {
                // Again.
            }
        }
    }
}
