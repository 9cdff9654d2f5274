using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using Levity.Configuration;

namespace Levity.Daemon.Hosting.Configuration;

/// <summary>
/// The part of a configuration file that could as well stand on the command line: each option under its own name, and
/// the address. It becomes arguments, so that one parser says of both what is good and what is not.
/// </summary>
internal sealed class OptionSettings(RootCommand command)
{
    private readonly Dictionary<string, Symbol> _symbols = new(
        command.Options.Where(option => option is not (HelpOption or VersionOption) && option != DaemonCommand.ConfigFile)
            .Concat<Symbol>(command.Arguments)
            .Select(symbol => KeyValuePair.Create(symbol.Name.TrimStart('-').ToLowerInvariant(), symbol)),
        StringComparer.Ordinal);

    public IEnumerable<string> Keys => _symbols.Keys;

    public IReadOnlyDictionary<string, Symbol> Symbols => _symbols;

    public bool Has(FileSetting setting) => setting.Value is not null && _symbols.ContainsKey(setting.Key);

    /// <summary>Whether the command line has what the setting stands for: then that counts.</summary>
    public bool IsGiven(FileSetting setting, ParseResult commandLine) => commandLine.GetResult(_symbols[setting.Key]) switch
    {
        OptionResult option => !option.Implicit,
        ArgumentResult argument => argument.Tokens.Count > 0,
        _ => false,
    };

    /// <summary>The arguments that a setting stands for. What is wrong with them is a problem.</summary>
    public IReadOnlyList<string> ArgumentsOf(FileSetting setting, ConfigurationProblems problems)
    {
        var symbol = _symbols[setting.Key];
        var isList = symbol is Option { Arity.MaximumNumberOfValues: > 1 };
        if (setting.Value!.Content is IReadOnlyList<FileValue> list && isList)
        {
            return [.. list.SelectMany(value => ArgumentOf(setting.Key, symbol, value, problems))];
        }

        return [.. ArgumentOf(setting.Key, symbol, setting.Value, problems)];
    }

    private string[] ArgumentOf(
        string key, Symbol symbol, FileValue value, ConfigurationProblems problems)
    {
        var type = symbol is Option { ValueType: var given } ? given : null;
        var text = value.Content switch
        {
            string word when type != typeof(bool) => word,
            bool flag when type == typeof(bool) => flag ? "true" : "false",
            long number when type == typeof(int) => number.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
        if (text is null)
        {
            var expected = type == typeof(bool) ? "true or false" : type == typeof(int) ? "number" : "text: write it in quotes";
            problems.Add(value.At, $"{key}: {value} is no {expected}");
            return [];
        }

        // By itself, and where it can be taken for nothing else. That others are missing is not its fault.
        string[] alone = symbol is Option option ? [$"{option.Name}={text}"] : ["--", text];
        if (command.Parse(alone).Errors.FirstOrDefault(error => IsAbout(error.SymbolResult, symbol)) is { } error)
        {
            problems.Add(value.At, $"{key}: {error.Message}");
        }

        return alone[^1..];
    }

    private static bool IsAbout(SymbolResult? result, Symbol symbol) => result switch
    {
        OptionResult option => option.Option == symbol,
        ArgumentResult argument => argument.Argument == symbol || IsAbout(argument.Parent, symbol),
        _ => false,
    };
}
