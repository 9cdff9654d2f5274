using System.Collections.Frozen;
using Levity.Configuration;
using Levity.Daemon.Security;
using Levity.Protocol;

namespace Levity.Daemon.Hosting.Configuration;

/// <summary>Who is what, in a configuration file: lists of names, as they are in the certificates.</summary>
internal static class RoleSettings
{
    private const string Admin = "roles.admin";
    private const string Viewer = "roles.viewer";
    private const string Start = "start.allow";

    public static IReadOnlyList<string> Keys => [Admin, Viewer, Start];

    public static Roles Read(IReadOnlyList<FileSetting> settings, ConfigurationProblems problems) => new()
    {
        Admins = NamesIn(Admin, settings, problems) ?? FrozenSet<string>.Empty,
        Viewers = NamesIn(Viewer, settings, problems) ?? FrozenSet<string>.Empty,
        Starters = NamesIn(Start, settings, problems),
    };

    private static FrozenSet<string>? NamesIn(
        string key, IReadOnlyList<FileSetting> settings, ConfigurationProblems problems)
    {
        if (settings.FirstOrDefault(setting => setting.Key == key)?.Value is not { } value)
        {
            return null;
        }

        if (value.Content is not IReadOnlyList<FileValue> list)
        {
            problems.Add(value.At, $"{key}: {value} is no list of names: write it like [\"alice\", \"bob\"]");
            return null;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var element in list)
        {
            if (element.Content is string name && UserName.TryParse(name, out _))
            {
                names.Add(name);
            }
            else
            {
                problems.Add(element.At, $"{key}: {element} is no name of a user: {UserName.Rule}");
            }
        }

        return names.ToFrozenSet(StringComparer.Ordinal);
    }
}
