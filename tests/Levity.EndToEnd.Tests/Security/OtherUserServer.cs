using System.Globalization;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Security;

/// <summary>A levityd of root's that runs tasks as "nobody", and bob's as "daemon"; none where there is no root.</summary>
public sealed class OtherUserServer : IAsyncLifetime
{
    private LevityServer? _server;

    internal static ServerSettings Settings => new()
    {
        Configuration = """
            run-as = "nobody"
            [accounts]
            bob = "daemon"
            """,
    };

    /// <summary>Skips the test where there is none.</summary>
    internal LevityServer Server
    {
        get
        {
            Require();
            return _server!;
        }
    }

    internal static void Require() => Assert.SkipWhen(Obstacle is not null, Obstacle ?? "");

    public async ValueTask InitializeAsync() =>
        _server = Obstacle is null ? await LevityServer.StartAsync(Settings) : null;

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static string? Obstacle =>
        !Environment.IsPrivilegedProcess ? "only root can run tasks as another user"
        : (Capabilities & Needed) != Needed ? "this root is confined"
        : null;

    // capabilities(7): CHOWN, KILL, SETGID, SETUID, SYS_PTRACE.
    private static ulong Needed => 1ul << 0 | 1ul << 5 | 1ul << 6 | 1ul << 7 | 1ul << 19;

    private static ulong Capabilities => ulong.Parse(
        File.ReadLines("/proc/self/status").Single(line => line.StartsWith("CapEff:", StringComparison.Ordinal))[7..].Trim(),
        NumberStyles.HexNumber,
        CultureInfo.InvariantCulture);
}
