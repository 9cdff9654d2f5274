using Levity.Cli.Tests.Certificates;
using Levity.Protocol;

namespace Levity.Cli.Tests.Commands;

/// <summary>A flag beats its variable, and a variable beats the default.</summary>
public sealed class GlobalOptionsTests
{
    [Fact]
    public async Task Variables_are_enough()
    {
        await using var installation = await StartAsync();

        var run = await CommandRun.ExecuteAsync(["query", "1"], Variables(installation));

        Assert.Equal(("Running\n", ""), (run.Output, run.Error));
    }

    [Fact]
    public async Task A_flag_beats_its_variable()
    {
        await using var installation = await StartAsync();
        var wrong = new Dictionary<string, string>
        {
            ["LEVITY_ADDRESS"] = "127.0.0.1:1",
            ["LEVITY_CERTIFICATE"] = "/nowhere",
            ["LEVITY_KEY"] = "/nowhere",
            ["LEVITY_CA"] = "/nowhere",
            ["LEVITY_TIMEOUT"] = "never",
        };

        var run = await CommandRun.ExecuteAsync([.. installation.Options, "-t", "10s", "query", "1"], wrong);

        Assert.Equal(("Running\n", ""), (run.Output, run.Error));
    }

    [Fact]
    public async Task An_empty_variable_is_not_set()
    {
        await using var installation = await StartAsync();
        var variables = Variables(installation);
        variables["LEVITY_TIMEOUT"] = "";
        variables["LEVITY_KEY"] = "";

        var run = await CommandRun.ExecuteAsync(["query", "1"], variables);

        Assert.Equal("levity: no key for the client certificate: give --key FILE, set LEVITY_KEY, or have it in a context "
            + "(levity config set-context)\n", run.Error);
    }

    [Fact]
    public async Task The_default_address_is_loopback_4321()
    {
        await using var installation = await StartAsync();

        var run = await CommandRun.ExecuteAsync([.. installation.Options[2..], "-t", "5s", "query", "1"]);

        // Somebody's levityd may be there, and does not know us.
        Assert.Contains("127.0.0.1:4321", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    public async Task A_name_and_a_number_lead_to_the_same_server(string host)
    {
        await using var installation = await StartAsync();
        installation.Host = host;

        var run = await installation.RunAsync("query", "1");

        Assert.Equal(("Running\n", ""), (run.Output, run.Error));
    }

    [Fact]
    public async Task An_RSA_certificate_will_do()
    {
        await using var installation = await StartAsync(authority => authority.IssueRsaClient());

        var run = await installation.RunAsync("query", "1");

        Assert.Equal(("Running\n", ""), (run.Output, run.Error));
    }

    private static async Task<Installation> StartAsync(Func<TestAuthority, IssuedCertificate>? issueClient = null)
    {
        var installation = await Installation.StartAsync(issueClient: issueClient);
        var response = new QueryTaskResponse { StatusCode = TaskStatusCode.Running };
        installation.Server.Tasks.Query = (_, _) => Task.FromResult(response);
        return installation;
    }

    private static Dictionary<string, string> Variables(Installation installation) => new()
    {
        ["LEVITY_ADDRESS"] = $"127.0.0.1:{installation.Server.Port}",
        ["LEVITY_CERTIFICATE"] = installation.CertificateFile,
        ["LEVITY_KEY"] = installation.KeyFile,
        ["LEVITY_CA"] = installation.CaFile,
    };
}
