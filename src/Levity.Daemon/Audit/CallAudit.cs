using System.Globalization;
using Microsoft.AspNetCore.Http.Features;

namespace Levity.Daemon.Audit;

/// <summary>
/// Stands round every request, whatever it asks for, and sees to it that it is on record when it is over: also what
/// never comes to a method, such as one that there is not, or a message that cannot be read. A call that does is put on
/// record by its interceptor, before its answer goes out.
/// </summary>
internal sealed class CallAudit(AuditLog log, TimeProvider time)
{
    private readonly CertificateBearers _bearers = new();

    public RequestDelegate Around(RequestDelegate next) => async http =>
    {
        var call = new AuditedCall(log, _bearers, http, time);
        http.Features.Set(call);
        try
        {
            await next(http);
        }
        finally
        {
            if (!call.IsRecorded)
            {
                call.End(OutcomeOf(http));
            }
        }
    };

    private static string OutcomeOf(HttpContext http)
    {
        const string status = "grpc-status";
        var text = http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers[status].ToString() is { Length: > 0 } trailer
            ? trailer
            : http.Response.Headers[status].ToString();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? Outcomes.OfStatus(code)
            : http.RequestAborted.IsCancellationRequested ? Outcomes.Cancelled
            : Outcomes.OfHttp(http.Response.StatusCode);
    }
}
