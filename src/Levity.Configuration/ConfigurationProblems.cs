namespace Levity.Configuration;

/// <summary>All that is wrong with one configuration file: whoever mends it wants to know it at once.</summary>
public sealed class ConfigurationProblems(string file)
{
    private readonly List<(FilePosition At, string Problem)> _found = [];

    // The parser, and who names a key, repeat what is there; it is not to move about on a terminal, nor in a log.
    public void Add(FilePosition at, string problem) => _found.Add((at, string.Concat(problem.Select(Escaped))));

    /// <exception cref="ConfigurationException">There are some; one line for each, in the order of the file.</exception>
    public void ThrowIfAny()
    {
        if (_found.Count > 0)
        {
            throw new ConfigurationException(string.Join('\n', _found
                .OrderBy(found => (found.At.Line, found.At.Column))
                .Select(found => $"{file}:{found.At.Line}:{found.At.Column}: {found.Problem}")));
        }
    }

    private static string Escaped(char c) => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString();
}
