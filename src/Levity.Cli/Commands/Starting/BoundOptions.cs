using System.CommandLine;
using Levity.Protocol;

namespace Levity.Cli.Commands.Starting;

/// <summary>How much of what a new task may have, and how long what it leaves stays.</summary>
internal sealed class BoundOptions
{
    private readonly UlimitOption _ulimits = new();

    private readonly SizeOption _logQuota = new(
        "--log-quota", "How much of its output is kept [default, and at most, the server's].");

    private readonly DurationOption _keep = new("--keep", "Remove it so long after its end, as 24h.", mayBeZero: true);

    public void AddTo(Command command)
    {
        command.Options.Add(_ulimits);
        command.Options.Add(_logQuota);
        command.Options.Add(_keep);
    }

    public void ReadInto(StartTaskRequest request, ParseResult parsed)
    {
        request.Ulimits.AddRange(_ulimits.Read(parsed));
        request.LogQuotaBytes = parsed.GetValue(_logQuota) ?? 0;
        request.KeepFor = _keep.Read(parsed);
    }
}
