using Levity.Client;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary>How long to wait for a server.</summary>
internal static class TimeoutValue
{
    // What the timers of the platform can count, rounded down.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    /// <exception cref="CommandException">It is none.</exception>
    public static TimeSpan Parse(Setting setting)
    {
        if (!GoDuration.TryParse(setting.Value, out var timeout) || timeout <= TimeSpan.Zero)
        {
            throw new CommandException(
                $"the timeout {setting} is not a duration above zero: write it like 500ms, 5s or 1m30s");
        }

        return timeout < Longest ? timeout : Longest;
    }
}
