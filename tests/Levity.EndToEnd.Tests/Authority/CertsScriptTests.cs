using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Authority;

/// <summary><c>make certs</c>, by the script that it runs.</summary>
public sealed class CertsScriptTests
{
    [Fact]
    public async Task A_second_call_keeps_what_the_first_has_made_and_another_user_is_added()
    {
        using var ca = new CaDirectory();
        var first = (await RunAsync(ca, "alice")).Successful();
        await ca.VerifyUserAsync("alice");
        var files = Directory.GetFiles(ca.Path, "*.*", SearchOption.AllDirectories).ToDictionary(path => path, File.ReadAllText);

        var second = (await RunAsync(ca, "alice")).Successful();
        var other = (await RunAsync(ca, "bob")).Successful();

        Assert.All(Lines(first), line => Assert.StartsWith("made ", line, StringComparison.Ordinal));
        Assert.All(Lines(second), line => Assert.StartsWith("kept ", line, StringComparison.Ordinal));
        Assert.StartsWith($"made     {ca.PathOf("bob.crt")}, until ", Lines(other)[^1], StringComparison.Ordinal);
        Assert.All(
            files.Where(file => Path.GetFileName(file.Key) != "issued.jsonl"),
            file => Assert.Equal(file.Value, File.ReadAllText(file.Key)));
    }

    [Fact]
    public async Task Mallory_calls_himself_alice_and_is_of_another_CA()
    {
        using var ca = new CaDirectory();
        (await RunAsync(ca, "alice")).Successful();

        using var mallory = ca.Identity("mallory").Load();

        Assert.Equal("CN=alice", mallory.Subject);
        Assert.NotEqual(0, await VerifyAsync(ca.PathOf("client-ca.crt"), ca.PathOf("mallory.crt")));
        Assert.Equal(0, await VerifyAsync(ca.PathOf("stranger/client-ca.crt"), ca.PathOf("mallory.crt")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("-a")]
    [InlineData("--force")]
    [InlineData("a b")]
    [InlineData("server")]
    [InlineData("client-ca")]
    [InlineData("mallory")]
    public async Task What_is_no_name_for_a_user_is_one_line_and_a_failure(string login)
    {
        using var ca = new CaDirectory();

        var result = await RunAsync(ca, login);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Matches(@"\A(certs|levity): [^\n]+\n\z", result.ErrorText);
    }

    private static string[] Lines(ProgramResult result) => result.OutputText.TrimEnd('\n').Split('\n');

    private static async Task<int> VerifyAsync(string authority, string certificate) =>
        (await CaDirectory.OpensslAsync("verify", "-CAfile", authority, certificate)).ExitCode;

    private static Task<ProgramResult> RunAsync(CaDirectory ca, string login) => RunningProgram.RunAsync(
        [Path.Combine(PublishedPrograms.RepositoryRoot, "scripts", "certs"), login, ca.Path],
        new Dictionary<string, string> { ["LEVITY_BIN"] = Path.GetDirectoryName(PublishedPrograms.Levity)! });
}
