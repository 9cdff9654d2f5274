using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Grpc.Core;
using Levity.Cli.Commands;
using Levity.Cli.Tests.Certificates;

namespace Levity.Cli.Tests.Snapshots;

/// <summary>
/// What each verb that asks a server says when it is refused, for each status that there is a word for, and what it ends with.
/// Refusals/ has it, a file for each verb.
/// </summary>
public sealed partial class RefusalTests
{
    private const string Web = "8f2c1a1e-5d6e-4000-8000-000000000001";

    /// <summary>UNAVAILABLE is not among them: it is asked again until the timeout is over.</summary>
    private static readonly Status[] Statuses =
    [
        new(StatusCode.NotFound, $"no such task: {Web}"),
        new(StatusCode.PermissionDenied, "alice may not do that with it"),
        new(StatusCode.Unauthenticated, "the certificate is revoked"),
        new(StatusCode.InvalidArgument, "field: 'x' is none"),
        new(StatusCode.AlreadyExists, "name: 'web' is taken"),
        new(StatusCode.FailedPrecondition, "task is Running: stop it first"),
        new(StatusCode.ResourceExhausted, "too many: 10 of 10"),
        new(StatusCode.Unimplemented, ""),
        new(StatusCode.DataLoss, "the log is gone"),
        new(StatusCode.Internal, "a \u001b[31mfault"),
    ];

    /// <summary>What each needs besides. <c>top</c> is for a terminal, and asks as <c>stats</c> does.</summary>
    private static readonly Dictionary<string, string> Operands = new()
    {
        ["run"] = "true",
        ["start"] = "true",
        ["ls"] = "",
        ["query"] = Web,
        ["inspect"] = Web,
        ["logs"] = Web,
        ["attach"] = Web,
        ["wait"] = Web,
        ["events"] = "",
        ["stats"] = "--no-stream",
        ["stop"] = Web,
        ["signal"] = Web,
        ["rm"] = Web,
        ["share"] = $"{Web} --to bob --read",
        ["unshare"] = $"{Web} --from bob",
        ["version"] = "",
    };

    // Those of config take these options to write or to show them.
    public static TheoryData<string> Verbs => [.. VerbTree.All
        .Where(verb => verb is Verb { TakesServerOptions: true, Subcommands.Count: 0, Name: not "top" })
        .Select(VerbTree.NameOf)
        .Where(name => !name.StartsWith("config-", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task What_a_verb_says_of_each_refusal_is_as_it_was_written_down(string name)
    {
        await using var installation = await Installation.StartAsync();
        using var other = new TestAuthority("Other CA");
        var command = $"{name} {Operands[name]}".TrimEnd();
        var transcript = new StringBuilder();
        foreach (var status in Statuses)
        {
            installation.Server.Refusal = status;
            await AddAsync(string.Create(CultureInfo.InvariantCulture, $"{status.StatusCode}"), installation.Options);
        }

        var ours = installation.CaFile;
        installation.CaFile = installation.Files.Write("other.pem", other.Certificate.ExportCertificatePem());
        await AddAsync("a server of another CA", installation.Options);
        installation.CaFile = ours;
        installation.KeyFile = installation.Files.PathOf("none.key");
        await AddAsync("a key that is not there", installation.Options);

        var text = transcript.ToString()
            .Replace(installation.Files.PathOf(""), "FILES", StringComparison.Ordinal)
            .Replace($":{installation.Server.Port}", ":PORT", StringComparison.Ordinal);
        Snapshot.Check("Refusals", name, OwnVersion().Replace(text, "…"));

        async Task AddAsync(string what, string[] server)
        {
            var run = await CommandRun.ExecuteAsync(["-t", "60s", .. server, .. command.Split(' ')]);
            transcript.Append(CultureInfo.InvariantCulture, $"--- {what}\n$ levity {command}\n{run.Output}{run.Error}");
            transcript.Append(CultureInfo.InvariantCulture, $"({run.ExitCode})\n");
        }
    }

    [Fact]
    public void Nothing_is_written_down_of_verbs_that_there_are_not() =>
        Assert.Empty(Snapshot.NamesIn("Refusals").Except(Verbs.Select(row => row.Data)));

    [GeneratedRegex(@"(?<=\nlevity +)\d+\.\d+\.\d+ +[0-9a-f]{40}")]
    private static partial Regex OwnVersion();
}
