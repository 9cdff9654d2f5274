using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Levity.Protocol;

namespace Levity.Cli.Commands.Starting;

/// <summary>Limits of setrlimit(2), as docker(1) and prlimit(1) take them. The server knows which there are.</summary>
internal sealed class UlimitOption : Option<string[]>
{
    private const ulong Unlimited = ulong.MaxValue;

    public UlimitOption()
        : base("--ulimit")
    {
        HelpName = "LIMIT";
        Description = "A limit, as nofile=1024:4096 (soft:hard) or core=unlimited.";
        Validators.Add(Check);
    }

    public IEnumerable<Ulimit> Read(ParseResult parsed) => (parsed.GetValue(this) ?? []).Select(text => TryParse(text)!);

    private void Check(OptionResult result)
    {
        foreach (var token in result.Tokens.Where(token => TryParse(token.Value) is null))
        {
            result.AddError(
                $"{Name} wants NAME=SOFT[:HARD], where each is a number or unlimited, as nofile=1024:4096, and '{token.Value}' is none");
        }
    }

    private static Ulimit? TryParse(string text)
    {
        var parts = text.Split('=');
        if (parts is not [{ Length: > 0 } name, var limits])
        {
            return null;
        }

        return limits.Split(':') switch
        {
            [var both] when TryParse(both, out var limit) => new Ulimit { Name = name, Soft = limit, Hard = limit },
            [var soft, var hard] when TryParse(soft, out var low) && TryParse(hard, out var high) =>
                new Ulimit { Name = name, Soft = low, Hard = high },
            _ => null,
        };
    }

    private static bool TryParse(string text, out ulong limit)
    {
        limit = Unlimited;
        return text == "unlimited" || ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit);
    }
}
