using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Levity.Cli.Commands.Ca;

/// <summary>A whole number of days.</summary>
internal sealed class DaysOption : Option<int?>
{
    private readonly int _most;

    public DaysOption(string name, string description, int most)
        : base(name)
    {
        _most = most;
        HelpName = "DAYS";
        Description = description;
        CustomParser = Parse;
    }

    private int? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days > 0 && days <= _most)
        {
            return days;
        }

        result.AddError($"{Name} wants a whole number from 1 to {_most}, and '{text}' is none");
        return null;
    }
}
