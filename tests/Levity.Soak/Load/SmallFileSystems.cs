using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.Soak.Load;

/// <summary>A file system in memory for the state directory, and another for the logs in it. Only root can have them.</summary>
internal static class SmallFileSystems
{
    // $1 is the scratch directory: the state directory is beside it.
    private const string Mount = """
        state=${1%/*}/state; shift
        mountpoint -q "$state" || {
            mkdir -m 700 "$state" && mount -t tmpfs -o size=16m,mode=700 levity "$state" &&
            mkdir -m 700 "$state/logs" && mount -t tmpfs -o size=16m,mode=700 levity "$state/logs" || exit 1
        }
        exec "$@"
        """;

    public static string? Obstacle => Environment.IsPrivilegedProcess ? null : "only root can mount a small file system";

    /// <summary>For a server that has them.</summary>
    public static ServerSettings Settings => new() { Launcher = scratch => ["sh", "-c", Mount, "sh", scratch] };

    public static string LogsOf(Arena arena) => Path.Combine(arena.Server.StateDirectory, "logs");

    /// <summary>Stops the server and takes them away.</summary>
    public static async Task UnmountAsync(Arena arena)
    {
        await arena.Server.SigtermAsync();
        await arena.Server.StopSupervisorAsync();
        foreach (var directory in new[] { LogsOf(arena), arena.Server.StateDirectory })
        {
            // Lazily: the supervisor has answered, and may not be gone yet with what it had open.
            (await RunningProgram.RunAsync(["umount", "--lazy", directory])).Successful();
        }
    }
}
