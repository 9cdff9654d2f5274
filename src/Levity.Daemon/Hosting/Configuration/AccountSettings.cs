using Levity.Configuration;
using Levity.Protocol;

namespace Levity.Daemon.Hosting.Configuration;

/// <summary>
/// Whose tasks run as which account, in a configuration file: [accounts] with a login name for each user. For all others
/// there is the option run-as.
/// </summary>
internal static class AccountSettings
{
    public static IEnumerable<string> Keys => [$"{RunAsRules.Table}.{KnownKeys.AnyName}"];

    public static IReadOnlyDictionary<string, string> Read(
        IReadOnlyList<FileSetting> settings, ConfigurationProblems problems)
    {
        var accounts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var setting in settings)
        {
            if (setting is not { Path: [RunAsRules.Table, var user], Value: { } value })
            {
                continue;
            }

            if (!UserName.TryParse(user, out _))
            {
                problems.Add(setting.At, $"{setting.Key}: {new FileValue(user, setting.At)} is no name of a user: {UserName.Rule}");
            }

            if (value.Content is not string account)
            {
                problems.Add(value.At, $"{setting.Key}: {value} is no login name: write it in quotes");
            }
            else if (RunAsRules.ProblemWithName(account) is { } problem)
            {
                problems.Add(value.At, $"{setting.Key}: {problem}");
            }
            else
            {
                accounts[user] = account;
            }
        }

        return accounts;
    }
}
