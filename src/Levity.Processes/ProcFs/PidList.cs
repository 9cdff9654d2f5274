namespace Levity.Processes.ProcFs;

/// <summary>Process numbers as the kernel lists them: decimal, each followed by a newline or a space.</summary>
internal static class PidList
{
    /// <summary>
    /// Adds the numbers to <paramref name="pids"/>; 0, which stands for one that we cannot see, is left out.
    /// </summary>
    internal static void Parse(ReadOnlySpan<byte> text, List<int> pids)
    {
        var number = 0;
        foreach (var character in text)
        {
            if (char.IsAsciiDigit((char)character))
            {
                number = number * 10 + (character - '0');
            }
            else
            {
                Add(number, pids);
                number = 0;
            }
        }

        Add(number, pids);
    }

    private static void Add(int pid, List<int> pids)
    {
        if (pid != 0)
        {
            pids.Add(pid);
        }
    }
}
