using Microsoft.AspNetCore.Http.Features;

namespace Levity.Daemon.Tests.Fakes;

/// <summary>Resets as Kestrel does: the call is cancelled. Keeps the code.</summary>
internal sealed class RecordedReset(CancellationTokenSource call) : IHttpResetFeature
{
    public List<int> Codes { get; } = [];

    public void Reset(int errorCode)
    {
        Codes.Add(errorCode);
        call.Cancel();
    }
}
