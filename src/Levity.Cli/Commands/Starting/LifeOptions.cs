using System.CommandLine;
using Levity.Protocol;

namespace Levity.Cli.Commands.Starting;

/// <summary>
/// How a new task is ended: by itself or when it is asked. Its timeout is not --timeout, which says how long to wait for the
/// server; curl(1) has the same two, and calls this one --max-time as well.
/// </summary>
internal sealed class LifeOptions
{
    private readonly DurationOption _maxTime = new("--max-time", "Stop it when it has run for so long, as 1h30m.");

    private readonly DurationOption _grace = new(
        "--grace", "How long it has to stop before it is killed [default the server's].", mayBeZero: true);

    private readonly SignalOption _stopSignal = new("--stop-signal", "What asks it to stop: INT, SIGQUIT, 1 [default TERM].");

    public void AddTo(Command command)
    {
        command.Options.Add(_maxTime);
        command.Options.Add(_grace);
        command.Options.Add(_stopSignal);
    }

    public void ReadInto(StartTaskRequest request, ParseResult parsed)
    {
        request.Timeout = _maxTime.Read(parsed);
        request.Grace = _grace.Read(parsed);
        if (parsed.GetValue(_stopSignal) is { } signal)
        {
            request.StopSignal = signal;
        }
    }
}
