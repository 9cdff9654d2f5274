using System.Globalization;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>Running levityd as a user who may do nothing special.</summary>
internal static class Unprivileged
{
    /// <summary>"nobody" on every Linux.</summary>
    public const int UserId = 65534;

    public static string[] Launcher(int userId)
    {
        var id = userId.ToString(CultureInfo.InvariantCulture);
        return ["setpriv", "--reuid", id, "--regid", id, "--clear-groups", "--no-new-privs"];
    }

    /// <summary>Why it is not possible here; null when it is.</summary>
    public static async Task<string?> ObstacleAsync()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "these tests do not run as root: then all of them run levityd without privileges";
        }

        var result = await RunningProgram.RunAsync([.. Launcher(UserId), PublishedPrograms.Levityd, "--version"]);
        return result.ExitCode == 0 ? null : $"user {UserId} cannot execute levityd: {result.ErrorText}";
    }
}
