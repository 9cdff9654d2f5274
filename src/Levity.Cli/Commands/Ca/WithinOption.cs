using System.CommandLine;

namespace Levity.Cli.Commands.Ca;

/// <summary><c>--within DAYS</c>: what is soon.</summary>
internal sealed class WithinOption : Option<int?>
{
    private const int UsualDays = 30;

    private readonly DaysOption _days = new("--within", "", 3650);

    public WithinOption()
        : base("--within")
    {
        HelpName = _days.HelpName;
        Description = $"What ends within so many days is ending soon [default {UsualDays}].";
        CustomParser = _days.CustomParser;
    }

    public TimeSpan Read(ParseResult parsed) => TimeSpan.FromDays(parsed.GetValue(this) ?? UsualDays);
}
