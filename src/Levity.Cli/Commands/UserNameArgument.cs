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
            result.AddError($"'{result.Tokens[0].Value}' is no name: it is made of {UserName.Rule}");
        }

        return name;
    }
}
