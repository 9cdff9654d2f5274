namespace Levity.Daemon.Hosting.Configuration;

/// <summary>The keys that a configuration file can have; for any other one, what was probably meant.</summary>
internal sealed class KnownKeys
{
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _tables = new(StringComparer.Ordinal);

    public KnownKeys(IEnumerable<string> keys)
    {
        foreach (var key in keys)
        {
            _keys.Add(key);
            for (var dot = key.LastIndexOf('.'); dot > 0; dot = key.LastIndexOf('.', dot - 1))
            {
                _tables.Add(key[..dot]);
            }
        }
    }

    /// <summary>What is wrong with a setting's key; null when it is one of these.</summary>
    public string? ProblemWith(Setting setting)
    {
        var isTable = setting.Value is null;
        if ((isTable ? _tables : _keys).Contains(setting.Form))
        {
            return null;
        }

        var nearest = (isTable ? _tables : _keys).MinBy(key => Distance(key, setting.Form))!;
        return (isTable ? _keys : _tables).Contains(setting.Form)
            ? $"{setting.Key} is {(isTable ? "no table, it takes a value" : "a table, it takes no value")}"
            : $"there is no {setting.Key}; the nearest that there is, is {nearest}";
    }

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
