using System.Globalization;

namespace Levity.Daemon.Audit;

/// <summary>The names of what can come of a call.</summary>
internal static class Outcomes
{
    public const string Refused = "REFUSED";
    public const string Cancelled = "CANCELLED";

    /// <summary>levityd has ended before it did.</summary>
    public const string Interrupted = "INTERRUPTED";

    // The status codes of gRPC by their number (grpc's statuscodes.md).
    private static readonly string[] Statuses =
    [
        "OK", Cancelled, "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
        "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
        "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ];

    public static string OfStatus(int code) =>
        code >= 0 && code < Statuses.Length ? Statuses[code] : code.ToString(CultureInfo.InvariantCulture);

    public static string OfHttp(int code) => $"HTTP {code.ToString(CultureInfo.InvariantCulture)}";
}
