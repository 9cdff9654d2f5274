using Levity.Protocol;

namespace Levity.Daemon.Api.Validation;

internal static partial class RequestValidation
{
    // The supervisor counts milliseconds.
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(1);

    private static void CheckBounds(StartTaskRequest request)
    {
        CheckDuration("timeout", request.Timeout, ShortestTimeout);
        CheckDuration("grace", request.Grace, least: TimeSpan.Zero);
        if (request.HasStopSignal)
        {
            CheckSignal("stop_signal", request.StopSignal);
        }
    }
}
