using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Hosting;

/// <summary>levityd is started in a directory that has been deleted, as by a deployment that puts another in its place.</summary>
public sealed class StartingDirectoryTests
{
    // $1 is a directory, the rest what is started in it.
    private const string InDeleted = "mkdir \"$1\" && cd \"$1\" && rmdir \"$1\" && shift && exec \"$@\"";

    [Theory]
    [InlineData("--config", "levityd.toml")]
    [InlineData("-c", "server.crt", "-k", "/server.key", "--client-ca", "/ca.crt", "--state-dir", "/state")]
    [InlineData("-c", "/server.crt", "-k", "/server.key", "--client-ca", "/ca.crt", "--state-dir", "state")]
    [InlineData("-c", "/server.crt", "-k", "/server.key", "--client-ca", "/ca.crt", "--state-dir", "/state", "--crl", "crl")]
    public async Task A_relative_path_is_refused_with_the_reason_and_what_to_do(params string[] arguments)
    {
        var scratch = Directory.CreateTempSubdirectory("lv-");
        try
        {
            var result = await RunningProgram.RunAsync(
                [.. InDeletedUnder(scratch.FullName), PublishedPrograms.Levityd, .. arguments]);

            var relative = arguments.Single(argument => argument[0] is not ('-' or '/'));
            Assert.Equal(1, result.ExitCode);
            Assert.Matches(@"\Alevityd: [^\n]+\n\z", result.ErrorText);
            Assert.Contains($"'{relative}'", result.ErrorText, StringComparison.Ordinal);
            Assert.Contains("has been deleted", result.ErrorText, StringComparison.Ordinal);
            Assert.Contains("cd /", result.ErrorText, StringComparison.Ordinal);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task With_whole_paths_it_does_not_matter()
    {
        await using var server = await LevityServer.StartAsync(new ServerSettings { Launcher = InDeletedUnder });

        var id = await server.Client().StartAsync("echo", "hello");

        await server.Client().OutputAsync(id, "hello\n");
    }

    private static string[] InDeletedUnder(string scratch) =>
        ["sh", "-c", InDeleted, "sh", Path.Combine(scratch, "deployed")];
}
