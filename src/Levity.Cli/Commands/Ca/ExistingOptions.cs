using System.CommandLine;
using Levity.Cli.Authority;

namespace Levity.Cli.Commands.Ca;

/// <summary><c>--keep</c> and <c>--force</c>: what to do about files that are there.</summary>
internal sealed class ExistingOptions
{
    private readonly Option<bool> _keep;

    private readonly Option<bool> _force = new("--force", "-f")
    {
        Description = "Replace what is there.",
        Arity = ArgumentArity.Zero,
    };

    /// <param name="keep">What <c>--keep</c> does.</param>
    public ExistingOptions(string keep) =>
        _keep = new Option<bool>("--keep") { Description = keep, Arity = ArgumentArity.Zero };

    public static ExistingOptions ForCertificates() =>
        new("Leave a good one that is there, renew one that has expired.");

    public void AddTo(Command command)
    {
        command.Options.Add(_keep);
        command.Options.Add(_force);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_keep) && result.GetValue(_force))
            {
                result.AddError("--keep and --force exclude each other");
            }
        });
    }

    public Existing Read(ParseResult parsed) => parsed switch
    {
        _ when parsed.GetValue(_keep) => Existing.Keep,
        _ when parsed.GetValue(_force) => Existing.Replace,
        _ => Existing.Refuse,
    };
}
