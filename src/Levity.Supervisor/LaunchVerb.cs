using Levity.Processes.Accounts;

namespace Levity.Supervisor;

/// <summary>
/// The launcher of a task that runs as another user, or with limits of its own. The supervisor executes itself for that:
/// nobody else can have the order that it is given, so it is in no list of verbs.
/// </summary>
internal static class LaunchVerb
{
    public const string Name = "launch";

    /// <summary>
    /// The very file that this process executes, also when another one has taken its place since: proc_pid_exe(5).
    /// </summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Command { get; } =
        ["/proc/self/exe"u8.ToArray(), System.Text.Encoding.ASCII.GetBytes(Name)];

    public static int Run() => AccountLaunch.Run();
}
