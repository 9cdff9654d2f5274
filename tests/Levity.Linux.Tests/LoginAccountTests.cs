namespace Levity.Linux.Tests;

public sealed class LoginAccountTests
{
    [Fact]
    public void Root_is_found_with_its_numbers_and_its_home()
    {
        var root = LoginAccount.Find("root")!;

        var entry = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).First(fields => fields[0] == "root");
        Assert.Equal(("root", 0u, entry[5]), (root.Name, root.Credentials.UserId, root.Home));
        Assert.Contains(0u, root.Credentials.Groups);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no-such-account")]
    [InlineData("root\0")]
    [InlineData("root:x")]
    [InlineData("\n")]
    [InlineData("0")]
    public void What_is_no_login_name_is_nobody(string name) => Assert.Null(LoginAccount.Find(name));

    [Fact]
    public void A_name_of_any_length_is_looked_up() => Assert.Null(LoginAccount.Find(new string('x', 1_000_000)));

    [Fact]
    public void This_process_has_one() =>
        Assert.Equal(CurrentUser.EffectiveId, LoginAccount.OfThisProcess().Credentials.UserId);
}
