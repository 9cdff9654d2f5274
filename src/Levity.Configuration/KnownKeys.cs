namespace Levity.Configuration;

/// <summary>The keys that a configuration file can have; for any other one, what was probably meant.</summary>
public sealed class KnownKeys
{
    /// <summary>What stands in a key for a name that whoever writes the file has chosen.</summary>
    public const string AnyName = "NAME";

    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _tables = new(StringComparer.Ordinal);

    // The tables whose keys are such names.
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);

    public KnownKeys(IEnumerable<string> keys)
    {
        foreach (var key in keys)
        {
            _keys.Add(key);
            for (var dot = key.LastIndexOf('.'); dot > 0; dot = key.LastIndexOf('.', dot - 1))
            {
                _tables.Add(key[..dot]);
                if ($"{key}.".AsSpan(dot + 1).StartsWith($"{AnyName}.", StringComparison.Ordinal))
                {
                    _named.Add(key[..dot]);
                }
            }
        }
    }

    /// <summary>What is wrong with a setting's key; null when it is one of these.</summary>
    public string? ProblemWith(FileSetting setting)
    {
        var (form, isTable) = (FormOf(setting.Path), setting.Value is null);
        if ((isTable ? _tables : _keys).Contains(form))
        {
            return null;
        }

        return (isTable ? _keys : _tables).Contains(form)
            ? $"{setting.Key} is {(isTable ? "no table, it takes a value" : "a table, it takes no value")}"
            : $"there is no {setting.Key}; the nearest that there is, is {Nearest(form, isTable ? _tables : _keys)}";
    }

    /// <summary>The one of some words that was probably meant by another; null when there is none within that many letters.</summary>
    public static string? Nearest(string word, IEnumerable<string> words, int most = int.MaxValue) =>
        words.Where(known => Distance(known, word) <= most).MinBy(known => Distance(known, word));

    // The key as the list of those that there are has it.
    private string FormOf(IReadOnlyList<string> path) => path.Aggregate(
        (form, name) => $"{form}.{(_named.Contains(form) ? AnyName : name)}");

    // How many letters have to be added, taken out or changed (Levenshtein).
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var changed = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
