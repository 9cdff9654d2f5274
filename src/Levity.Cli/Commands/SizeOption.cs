using System.CommandLine;
using System.CommandLine.Parsing;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary>How many bytes something may have.</summary>
internal sealed class SizeOption : Option<ulong?>
{
    public SizeOption(string name, string description)
        : base(name)
    {
        HelpName = "SIZE";
        Description = description;
        CustomParser = Parse;
    }

    private ulong? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (ByteSize.TryParse(text, out var bytes) && bytes > 0)
        {
            return bytes;
        }

        result.AddError($"{Name} wants a size above zero, such as 64M or 2G, and '{text}' is none");
        return null;
    }
}
