using System.CommandLine;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary>Another user, who has to be named.</summary>
internal sealed class UserNameOption : Option<UserName>
{
    public UserNameOption(string name, string description)
        : base(name)
    {
        HelpName = "NAME";
        Description = description;
        Required = true;
        CustomParser = UserNameArgument.Parse;
    }

    public string Read(ParseResult parsed) => parsed.GetRequiredValue(this).ToString();
}
