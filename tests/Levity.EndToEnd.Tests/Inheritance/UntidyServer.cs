using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Inheritance;

/// <summary>A levityd that was started by somebody careless.</summary>
public sealed class UntidyServer : IAsyncLifetime
{
    /// <summary>A command that is in levityd's PATH and directory.</summary>
    public const string Command = "levity-test-command";

    public const string Secret = "DATABASE_PASSWORD=hunter2";

    private LevityServer? _server;

    internal LevityServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        var variable = Secret.Split('=');
        _server = await LevityServer.StartAsync(new ServerSettings
        {
            Launcher = scratch =>
            [
                "env", "--ignore-signal=HUP,INT,PIPE,USR1,CHLD", "--block-signal=USR2,ALRM,WINCH",
                "sh",
                "-c",
                "umask 0; echo 500 > /proc/self/oom_score_adj; cd \"$0\"; PATH=$0:$PATH; exec 9</etc/passwd; exec \"$@\"",
                scratch,
            ],
            Environment = new Dictionary<string, string> { [variable[0]] = variable[1] },
        });
        var command = Path.Combine(_server.Scratch, Command);
        File.WriteAllBytes(command, "#!/bin/sh\necho found\n"u8);
        File.SetUnixFileMode(command, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
