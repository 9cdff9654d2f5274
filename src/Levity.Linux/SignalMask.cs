namespace Levity.Linux;

/// <summary>
/// The signals that the calling thread holds back: pthread_sigmask(3). A program that is executed begins with the mask
/// of the thread that executed it, and what was held back arrives when it is let through.
/// </summary>
public static unsafe class SignalMask
{
    private const int BitsPerByte = 8;

    public static void Block(params ReadOnlySpan<int> signals) => Change(Libc.SIG_BLOCK, signals);

    public static void Unblock(params ReadOnlySpan<int> signals) => Change(Libc.SIG_UNBLOCK, signals);

    /// <summary>Lets all through.</summary>
    public static void Clear() => Change(Libc.SIG_SETMASK, []);

    private static void Change(int how, ReadOnlySpan<int> signals)
    {
        // sigset_t: signal n is bit n - 1, and both architectures have the low bytes first.
        var set = stackalloc byte[Libc.SignalSetSize];
        new Span<byte>(set, Libc.SignalSetSize).Clear();
        foreach (var signo in signals)
        {
            set[(signo - 1) / BitsPerByte] |= (byte)(1 << ((signo - 1) % BitsPerByte));
        }

        var errno = Libc.pthread_sigmask(how, set, null);
        if (errno != 0)
        {
            throw new LinuxException("pthread_sigmask", errno);
        }
    }
}
