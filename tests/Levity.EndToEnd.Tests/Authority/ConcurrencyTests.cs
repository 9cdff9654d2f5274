using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Authority;

/// <summary>Several <c>levity ca</c> on one directory at once.</summary>
public sealed class ConcurrencyTests
{
    [Fact]
    public async Task Of_20_users_at_once_none_is_lost_and_no_two_share_a_serial_number()
    {
        using var ca = new CaDirectory();
        await ca.RunAsync("init");
        var names = Enumerable.Range(1, 20).Select(i => $"user{i}").ToList();

        await Task.WhenAll(names.Select(name => ca.RunAsync("issue-user", name)));

        var issued = await ca.IssuedAsync();
        Assert.Equal(names.Order(), issued.Select(certificate => certificate.Name).Order());
        Assert.Equal(names.Count, issued.Select(certificate => certificate.Serial).Distinct().Count());
        Assert.All(issued, certificate => Assert.Equal("valid", certificate.State));
        await ca.VerifyUserAsync("user1");
        await ca.VerifyUserAsync("user20");
    }

    [Fact]
    public async Task Of_several_that_issue_the_same_name_one_does_and_revoking_meanwhile_loses_nobody()
    {
        using var ca = new CaDirectory();
        await ca.RunAsync("init");
        await ca.RunAsync("issue-user", "bob");

        var revoking = ca.TryAsync(["revoke", "bob"]);
        var results = await Task.WhenAll(Enumerable.Range(1, 6).Select(_ => ca.TryAsync(["issue-user", "alice"])));

        (await revoking).Successful();
        Assert.Single(results, result => result.ExitCode == 0);
        Assert.All(
            results.Where(result => result.ExitCode != 0),
            result => Assert.Contains("alice.crt' is there already", result.Refusal(), StringComparison.Ordinal));
        Assert.Equal(
            [("alice", "valid"), ("bob", "revoked")],
            (await ca.IssuedAsync()).Select(certificate => (certificate.Name, certificate.State)).Order());
        await ca.VerifyUserAsync("alice");
    }
}
