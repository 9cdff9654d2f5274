using Levity.Protocol;

namespace Levity.Daemon.Api.Validation;

internal static partial class RequestValidation
{
    // signal(7): the last of the real-time signals.
    private const int LastSignal = 64;

    public static void Check(SignalTaskRequest request)
    {
        if (request.HasSignal)
        {
            CheckSignal("signal", request.Signal);
        }
        else if (request.Tree)
        {
            throw RpcErrors.Invalid("tree", "says whom to send signal to, which is missing: all processes are asked to stop anyway");
        }

        if (request is { HasSignal: true, Grace: not null })
        {
            throw RpcErrors.Invalid("grace", "cannot be given together with signal, which is sent once and followed by nothing");
        }

        CheckDuration("grace", request.Grace, least: TimeSpan.Zero);
    }

    private static void CheckSignal(string field, int signal)
    {
        if (signal is < 1 or > LastSignal)
        {
            throw RpcErrors.Invalid(field, $"{signal} is not the number of a signal: those are 1 to {LastSignal} (signal(7))");
        }
    }
}
