using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Survival;

/// <summary>A state directory is deleted under a levityd, and another levityd makes it again.</summary>
public sealed class ReplacedStateTests
{
    [Fact]
    public async Task A_levityd_whose_directory_another_one_has_made_again_ends_and_leaves_its_tasks_alone()
    {
        await using var server = await LevityServer.StartAsync();
        await server.SigtermAsync();
        var supervisor = server.SupervisorPid;
        await using var older = RunningProgram.Start(
        [
            PublishedPrograms.Levityd, "127.0.0.1:0", "-c", server.Certificates.Server.CertificateFile,
            "-k", server.Certificates.Server.KeyFile, "--client-ca", server.Certificates.ClientCa,
            "--state-dir", server.StateDirectory,
        ]);
        await older.Error.ContainsAsync("Listening on ");
        Directory.Delete(server.StateDirectory, recursive: true);
        await server.RestartAsync();
        var task = await server.Client().StartAsync("sleep", "300");

        // It looks for another one where it found this one, which ends by itself when it notices.
        await Signals.TrySendAsync("KILL", supervisor);

        Assert.Equal(1, await older.ExitAsync());
        await older.Error.ContainsAsync($"levityd: the state directory '{server.StateDirectory}' is not the one that this levityd has");
        Assert.Equal(TaskStatusCode.Running, (await server.Client().QueryAsync(task)).StatusCode);
        Assert.Single(server.Supervisors);
    }
}
