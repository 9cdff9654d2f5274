using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Levity.Protocol;

namespace Levity.Cli.Commands.Starting;

/// <summary>Whether a new task is executed again when it fails; docker(1) writes <c>--restart on-failure:3</c>.</summary>
internal sealed class RetryOptions
{
    private const string OnFailure = "on-failure:";

    private readonly Option<int?> _retry = new("--retry")
    {
        HelpName = "on-failure:N",
        Description = "Execute it again when it fails, at most N times.",
        CustomParser = Parse,
    };

    private readonly DurationOption _backoff = new(
        "--backoff", "How long to wait before that; each time twice as long [default 1s].");

    private readonly DurationOption _maxBackoff = new("--max-backoff", "How long to wait at most [default 5m].");

    public void AddTo(Command command)
    {
        command.Options.Add(_retry);
        command.Options.Add(_backoff);
        command.Options.Add(_maxBackoff);
        command.Validators.Add(Check);
    }

    public void ReadInto(StartTaskRequest request, ParseResult parsed)
    {
        if (parsed.GetValue(_retry) is { } most)
        {
            request.Retry = new RetryPolicy
            {
                MaxRetries = most,
                InitialBackoff = _backoff.Read(parsed),
                MaxBackoff = _maxBackoff.Read(parsed),
            };
        }
    }

    private void Check(CommandResult result)
    {
        foreach (var option in (DurationOption[])[_backoff, _maxBackoff])
        {
            if (result.GetResult(option) is { Implicit: false } && result.GetResult(_retry) is null or { Implicit: true })
            {
                result.AddError($"{option.Name} says how long to wait before another attempt, and there is none without --retry");
            }
        }
    }

    private static int? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text.StartsWith(OnFailure, StringComparison.Ordinal)
            && int.TryParse(text[OnFailure.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most > 0)
        {
            return most;
        }

        result.AddError($"--retry wants on-failure and how often at most, such as {OnFailure}3, and '{text}' is not that");
        return null;
    }
}
