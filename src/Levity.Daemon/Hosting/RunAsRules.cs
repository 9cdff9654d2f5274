using System.Net;
using Levity.Daemon.Tasks;
using Levity.Linux;

namespace Levity.Daemon.Hosting;

/// <summary>Whom tasks may run as: what would be dangerous is chosen by the operator or not at all.</summary>
internal static class RunAsRules
{
    public const string OptionName = "--run-as";

    /// <summary>The table in the configuration file.</summary>
    public const string Table = "accounts";

    /// <exception cref="StartupException">levityd must not start like this.</exception>
    public static void Check(DaemonOptions options)
    {
        var isRoot = CurrentUser.EffectiveId == 0;
        var problem = ProblemWith(options.Address, options.Accounts, isRoot)
            ?? NamedAccounts(options.Accounts)
                .Select(named => ProblemWith(named.Key, Find(named.Key, named.Account), isRoot))
                .FirstOrDefault(problem => problem is not null);
        if (problem is not null)
        {
            throw new StartupException(problem);
        }
    }

    /// <summary>For an account's name by itself: null when there is one of that name.</summary>
    public static string? ProblemWithName(string account) => LoginAccount.Find(account) is null
        ? $"there is no account {Api.RpcErrors.Quote(account)} on this machine (see getent passwd)"
        : null;

    /// <summary>Root's tasks are root, and whoever gets hold of a certificate starts tasks.</summary>
    public static string? ProblemWith(IPEndPoint address, AccountTable accounts, bool isRoot) =>
        isRoot && accounts.Default is null && !IPAddress.IsLoopback(address.Address)
            ? $"levityd is root and is to listen on {address}, so that tasks would be root's for whoever has a certificate: say "
                + $"whom they run as with {OptionName}, such as {OptionName} nobody or an account made for it, or {OptionName} root "
                + $"if that is meant (and with [{Table}] in the configuration file for each user), or listen on 127.0.0.1"
            : null;

    public static string? ProblemWith(string key, LoginAccount account, bool isRoot)
    {
        if (account.Credentials.UserId == CurrentUser.EffectiveId)
        {
            return null;
        }

        var missing = isRoot ? Privileges.MissingForOtherUsers() : [];
        return !isRoot
            ? $"{key}: only root can run tasks as another user ('{account.Name}'), and levityd runs as uid "
                + $"{CurrentUser.EffectiveId}: start it as root, or run it as that user and leave {key} out"
            : missing.Count > 0
                ? $"{key}: to run tasks as '{account.Name}' takes {string.Join(", ", missing)}, which this root does not have: "
                    + "give levityd these capabilities, or run it as that user"
                : null;
    }

    private static IEnumerable<(string Key, string Account)> NamedAccounts(AccountTable accounts) =>
    [
        .. accounts.Default is { } account ? [(OptionName, account)] : Array.Empty<(string, string)>(),
        .. accounts.Users.Select(user => ($"{Table}.{user.Key}", user.Value)),
    ];

    private static LoginAccount Find(string key, string account) => LoginAccount.Find(account)
        ?? throw new StartupException($"{key}: {ProblemWithName(account)}");
}
