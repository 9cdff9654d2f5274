using Levity.Configuration;
using Levity.Daemon.Tasks;
using Levity.Protocol;

namespace Levity.Daemon.Hosting.Configuration;

/// <summary>
/// How much users may have, in a configuration file: [limits] for everybody, and in [limits.users.NAME] what is
/// different for one of them.
/// </summary>
internal static class LimitSettings
{
    private const string Table = "limits";
    private const string Users = "users";
    private const string RunningTasks = "running-tasks";
    private const string StartsPerMinute = "starts-per-minute";
    private const string LogBytes = "log-bytes";
    private const string OpenStreams = "open-streams";
    private const string Connections = "connections";

    private const int Most = 1_000_000;

    private static readonly string[] Names = [RunningTasks, StartsPerMinute, LogBytes, OpenStreams, Connections];

    public static IEnumerable<string> Keys =>
    [
        .. Names.Select(name => $"{Table}.{name}"),
        .. Names.Select(name => $"{Table}.{Users}.{KnownKeys.AnyName}.{name}"),
    ];

    public static LimitTable Read(IReadOnlyList<FileSetting> settings, ConfigurationProblems problems)
    {
        var everybody = Read([Table], new UserLimits(), settings, problems);
        var users = new Dictionary<string, UserLimits>(StringComparer.Ordinal);
        foreach (var setting in settings.Where(setting => setting.Path is [Table, Users, _, ..]))
        {
            var user = setting.Path[2];
            if (users.ContainsKey(user))
            {
                continue;
            }

            if (!UserName.TryParse(user, out _))
            {
                problems.Add(setting.At, $"{setting.Key}: {new FileValue(user, setting.At)} is no name of a user: {UserName.Rule}");
            }

            users[user] = Read([Table, Users, user], everybody, settings, problems);
        }

        return new LimitTable(everybody, users);
    }

    private static UserLimits Read(
        string[] table, UserLimits unlessSet, IReadOnlyList<FileSetting> settings, ConfigurationProblems problems)
    {
        return new UserLimits
        {
            RunningTasks = Count(RunningTasks, unlessSet.RunningTasks),
            StartsPerMinute = Count(StartsPerMinute, unlessSet.StartsPerMinute),
            LogBytes = Size(LogBytes, unlessSet.LogBytes),
            OpenStreams = Count(OpenStreams, unlessSet.OpenStreams),
            Connections = Count(Connections, unlessSet.Connections),
        };

        int? Count(string name, int? otherwise) => Value(
            name, otherwise, value => value is long count and >= 1 and <= Most ? (int)count : null, $"whole number from 1 to {Most}");

        long? Size(string name, long? otherwise) => Value(
            name,
            otherwise,
            value => value is string text && ByteSize.TryParse(text, out var bytes) && bytes > 0 ? (long)bytes : null,
            "size such as \"512M\" or \"10G\"");

        T? Value<T>(string name, T? otherwise, Func<object?, T?> read, string expected)
            where T : struct
        {
            var path = table.Append(name);
            if (settings.FirstOrDefault(setting => setting.Path.SequenceEqual(path)) is not { Value: { } value } setting)
            {
                return otherwise;
            }

            if (value.Content is "off")
            {
                return null;
            }

            if (read(value.Content) is not { } good)
            {
                problems.Add(value.At, $"{setting.Key}: {value} is no {expected}, nor \"off\"");
                return otherwise;
            }

            return good;
        }
    }
}
