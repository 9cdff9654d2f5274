using System.Globalization;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>Sends signals as a person would: with kill.</summary>
internal static class Signals
{
    /// <param name="name">Such as TERM.</param>
    /// <param name="pid">A process; the negative number of a process group for all of it.</param>
    public static async Task SendAsync(string name, int pid) => (await KillAsync(name, pid)).Successful();

    /// <summary>The same for one that may have ended by itself.</summary>
    public static Task TrySendAsync(string name, int pid) => KillAsync(name, pid);

    private static Task<ProgramResult> KillAsync(string name, int pid) => RunningProgram.RunAsync(
        ["sh", "-c", "kill -s \"$1\" -- \"$2\"", "sh", name, pid.ToString(CultureInfo.InvariantCulture)]);
}
