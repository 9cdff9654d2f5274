using Levity.Client;
using Levity.Configuration;
using Levity.Protocol;

namespace Levity.Cli.Configuration;

/// <summary>
/// A file that says how to reach servers. Keys at its top are for all of them; a user's file has contexts besides, one
/// for each server or identity, and says which of them is the current one.
/// </summary>
internal sealed class ContextFile
{
    public const string Current = "current";
    public const string Contexts = "contexts";

    private readonly Dictionary<string, Setting> _settings = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Dictionary<string, Setting>> _contexts = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly string? _home;
    private FilePosition _currentAt;

    private ContextFile(string path, string? home) => (_path, _home) = (path, home);

    public IEnumerable<string> ContextNames => _contexts.Keys;

    /// <summary>The name of the context that counts when none is chosen.</summary>
    public Setting? CurrentContext { get; private set; }

    /// <summary>The file of this user; null when there is none.</summary>
    /// <exception cref="ConfigurationException">It cannot be read, or something in it is wrong; all of that is told.</exception>
    public static ContextFile? OfUser(CommandContext context) =>
        PathOfUser(context) is { } path ? Read(path, context.Variable("HOME"), isOfUser: true) : null;

    /// <summary>The same of the whole machine.</summary>
    public static ContextFile? OfSystem(CommandContext context) =>
        Read(context.SystemFile, context.Variable("HOME"), isOfUser: false);

    /// <summary>Where the user's file is, or would be (XDG Base Directory Specification); null for who has no home.</summary>
    public static string? PathOfUser(CommandContext context)
    {
        var directory = context.Variable("XDG_CONFIG_HOME") is ['/', ..] given ? given
            : context.Variable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".config")
            : null;
        return directory is null ? null : Path.Combine(directory, "levity", "config.toml");
    }

    /// <summary>What a text says that is to become this file.</summary>
    public static ContextFile Parse(string path, string text, string? home, bool isOfUser)
    {
        var problems = new ConfigurationProblems(path);
        var known = new KnownKeys(isOfUser
            ? [.. ConnectionKeys.All, Current, .. ConnectionKeys.All.Select(key => $"{Contexts}.{KnownKeys.AnyName}.{key}")]
            : ConnectionKeys.All);
        var file = new ContextFile(path, home);
        foreach (var setting in ConfigurationFile.Parse(text, problems))
        {
            if (known.ProblemWith(setting) is { } problem)
            {
                problems.Add(setting.At, problem);
            }
            else
            {
                file.Add(setting, problems);
            }
        }

        file.CheckCurrent(problems);
        problems.ThrowIfAny();
        return file;
    }

    public bool Has(string context) => _contexts.ContainsKey(context);

    /// <summary>What the file says for a context, or for all of them.</summary>
    public Setting? Find(string key, string? context) =>
        context is not null && _contexts[context].TryGetValue(key, out var own) ? own : _settings.GetValueOrDefault(key);

    /// <summary>That there is none of this name in a file, and which was probably meant.</summary>
    public static string NoContext(ContextFile? file, string name) =>
        KnownKeys.Nearest(name, file?.ContextNames ?? []) is { } nearest
            ? $"there is no context {QuotedText.Of(name)}; the nearest that there is, is '{nearest}'"
            : $"there is no context {QuotedText.Of(name)}, nor any other";

    private static ContextFile? Read(string path, string? home, bool isOfUser) =>
        File.Exists(path) ? Parse(path, ConfigurationFile.ReadText(path), home, isOfUser) : null;

    private void Add(FileSetting setting, ConfigurationProblems problems)
    {
        var settings = _settings;
        if (setting.Path is [Contexts, var context, ..])
        {
            if (!UserName.TryParse(context, out _))
            {
                problems.Add(setting.At, $"{QuotedText.Of(context)} is no name of a context: {UserName.Rule}");
                return;
            }

            settings = _contexts.GetValueOrDefault(context) ?? (_contexts[context] = new(StringComparer.Ordinal));
        }

        if (setting.Value is not { } value)
        {
            return;
        }

        if (value.Content is not string text)
        {
            problems.Add(value.At, $"{setting.Key}: {value} is no text: write it in quotes");
        }
        else if (setting.Key == Current)
        {
            (CurrentContext, _currentAt) = (new Setting(text, OriginOf(setting)), value.At);
        }
        else if (ConnectionKeys.ProblemWith(setting.Path[^1], text) is { } problem)
        {
            problems.Add(value.At, problem);
        }
        else
        {
            settings[setting.Path[^1]] = new Setting(
                ConnectionKeys.IsPath(setting.Path[^1]) ? FullPathOf(text) : text, OriginOf(setting));
        }
    }

    private void CheckCurrent(ConfigurationProblems problems)
    {
        if (CurrentContext is { Value: var current } && !Has(current))
        {
            problems.Add(_currentAt, $"{Current}: {NoContext(this, current)}");
        }
    }

    // As a shell would have it, and otherwise from where the file is: it can be moved with the files that it names.
    private string FullPathOf(string path) => path.StartsWith("~/", StringComparison.Ordinal) && _home is not null
        ? Path.Combine(_home, path[2..])
        : Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(_path))!);

    private string OriginOf(FileSetting setting) => $"{_path}:{setting.At.Line}";
}
