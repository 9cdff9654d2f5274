using System.CommandLine;
using System.CommandLine.Parsing;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary>A name, as a certificate carries it.</summary>
internal sealed class UserNameArgument : Argument<UserName>
{
    public UserNameArgument(string description)
        : base("NAME")
    {
        Description = description;
        CustomParser = Parse;
    }

    /// <summary>Reads a name, and complains of what is none.</summary>
    public static UserName Parse(ArgumentResult result)
    {
        if (!UserName.TryParse(result.Tokens[0].Value, out var name))
        {
            var place = result.Parent is OptionResult option ? $"{option.Option.Name}: " : "";
            result.AddError($"{place}'{result.Tokens[0].Value}' is no name: it is made of {UserName.Rule}");
        }

        return name;
    }
}
