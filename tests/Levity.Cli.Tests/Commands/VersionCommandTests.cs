using Grpc.Core;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Cli.Tests.Commands;

/// <summary>levity version: both ends, as far as there are two.</summary>
public sealed class VersionCommandTests
{
    private static string Own => ThisBuild.Version.Split('+')[0];

    [Fact]
    public async Task The_server_is_asked_too()
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Version = () => new GetServerVersionResponse { Version = "9.8.7+c0ffee" };

        var run = await installation.RunAsync("version");

        Assert.Matches(
            $@"\APROGRAM +VERSION +COMMIT\nlevity +{Own} +[0-9a-f-]+\nlevityd +9\.8\.7 +c0ffee\n\z", run.Output);
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        Assert.EndsWith(
            """,{"version":"9.8.7","commit":"c0ffee"}}""".Replace(",{", ",\"levityd\":{", StringComparison.Ordinal) + "\n",
            (await installation.RunAsync("version", "-o", "json")).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_without_a_commit_has_none()
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Version = () => new GetServerVersionResponse { Version = "9.8.7" };

        Assert.Matches(@"\nlevityd +9\.8\.7 +-\n\z", (await installation.RunAsync("version")).Output);
    }

    [Fact]
    public async Task Without_a_certificate_there_is_no_server_to_ask()
    {
        var run = await CommandRun.ExecuteAsync(["version"]);

        Assert.Matches($@"\APROGRAM +VERSION +COMMIT\nlevity +{Own} +[0-9a-f-]+\n\z", run.Output);
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
    }

    [Fact]
    public async Task That_a_server_does_not_say_it_is_told_after_what_is_known()
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Version = () => throw new RpcException(new Status(StatusCode.Unimplemented, "unknown"));

        var run = await installation.RunAsync("version");

        Assert.Contains($"levity", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"\Alevity: levityd: .* does not have this call; is it an older levityd\?.*\n\z", run.Error);
        Assert.Equal(125, run.ExitCode);
    }
}
