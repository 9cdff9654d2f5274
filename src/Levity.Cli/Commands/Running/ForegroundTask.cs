using Levity.Cli.Commands.Starting;
using Levity.Cli.Output;
using Levity.Client;
using Levity.Protocol;

namespace Levity.Cli.Commands.Running;

/// <summary>A task that was started from here, and that is stayed with until it is over.</summary>
internal sealed class ForegroundTask
{
    private readonly LevityClient _client;
    private readonly ConsoleOutput _output;
    private readonly ForwardedSignals _signals;
    private readonly bool _isRetried;

    private ForegroundTask(string id, bool isRetried, LevityClient client, ConsoleOutput output, ForwardedSignals signals)
    {
        Id = id;
        _isRetried = isRetried;
        _client = client;
        _output = output;
        _signals = signals;
    }

    public string Id { get; }

    /// <exception cref="CommandException">It is not started, nobody knows, or we were not to wait for that.</exception>
    public static async Task<ForegroundTask> StartAsync(
        StartTaskRequest request, LevityClient client, ConsoleOutput output, ForwardedSignals signals)
    {
        try
        {
            var response = await StartCall.MakeAsync(request, client, signals.Detached);
            return new ForegroundTask(response.TaskId.Id, request.Retry is not null, client, output, signals);
        }
        catch (OperationCanceledException e) when (signals.Detached.IsCancellationRequested)
        {
            throw new CommandException(
                "interrupted before the server had answered, so the task may run; `levity start` with --request-key "
                + $"{request.RequestKey} and the same command prints its id, and makes no second one",
                e,
                ExitCodes.Interrupted);
        }
    }

    /// <summary>Until it is over and its output is here. Signals that we get meanwhile are passed on.</summary>
    /// <param name="carry">Brings its output here, all of it, unless it is cancelled.</param>
    /// <exception cref="CommandException">Its end could not be waited for, or was not to be.</exception>
    public async Task<QueryTaskResponse> StayAsync(Func<CancellationToken, Task> carry)
    {
        using var over = new CancellationTokenSource();
        var forwarding = _signals.ForwardAsync(SendAsync, over.Token);
        try
        {
            await carry(_signals.Detached);
            return await _client.WaitAsync(Id, cancellationToken: _signals.Detached);
        }
        catch (OperationCanceledException e) when (_signals.Detached.IsCancellationRequested)
        {
            throw new CommandException(
                $"detached; the task goes on: `levity logs -f {Id}` follows it, `levity stop {Id}` stops it",
                e,
                ExitCodes.Interrupted);
        }
        catch (BrokenPipeException)
        {
            // Here it would have died of SIGPIPE.
            await StopAsync();
            throw;
        }
        catch (CommandException e) when (e.ExitCode != ExitCodes.Success)
        {
            throw new CommandException(WhatGoesOn(e.Message), e, e.ExitCode);
        }
        catch (LevityException e) when (e.Kind != LevityErrorKind.NotFound)
        {
            throw new CommandException(WhatGoesOn(e.Message), e, ExitCodes.Of(e.Kind));
        }
        finally
        {
            await over.CancelAsync();
            await forwarding;
        }
    }

    /// <summary>Removes it, after its end. That it is not removed is told and is no failure: it was run.</summary>
    public async Task RemoveAsync()
    {
        try
        {
            await _client.RemoveAsync(Id);
        }
        catch (LevityException e)
        {
            _output.Report($"the task is not removed, `levity rm {Id}` does that: {e.Message}");
        }
    }

    private string WhatGoesOn(string failure) =>
        $"{failure}; that does not stop the task: `levity logs -f {Id}` follows it, `levity stop {Id}` stops it";

    private async Task StopAsync()
    {
        try
        {
            await _client.StopAsync(Id);
        }
        catch (LevityException e)
        {
            _output.Report(WhatGoesOn(e.Message));
        }
    }

    private async Task SendAsync(ForwardedSignal signal, CancellationToken cancellationToken)
    {
        if (_isRetried && signal.ToAll)
        {
            // Dying of it would be one failure more, and another attempt would follow.
            await StopAsync();
            return;
        }

        try
        {
            await _client.SignalAsync(Id, signal.Number, signal.ToAll, cancellationToken);
        }
        catch (LevityException e) when (e.Kind == LevityErrorKind.FailedPrecondition && signal.ToAll)
        {
            // It is over, which asking it to stop does not mind; or the supervisor there is too old for anything else.
            await StopAsync();
        }
        catch (LevityException e)
        {
            _output.Report($"{SignalNames.Describe(signal.Number)} could not be passed on: {e.Message}");
        }
    }
}
