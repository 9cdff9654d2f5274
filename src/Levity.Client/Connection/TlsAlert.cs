namespace Levity.Client.Connection;

/// <summary>
/// What the server said when it ended the TLS connection (RFC 8446, section 6.2). In TLS 1.3 a client has finished its
/// handshake before the server looks at its certificate, so a refusal may come with the first read or write after it.
/// </summary>
internal static class TlsAlert
{
    private const string Mark = " alert ";

    /// <summary>
    /// The alert in OpenSSL's words, such as <c>unknown ca</c>; null when there was none. The platform has no other
    /// place for it than the text: <c>error:0A000418:SSL routines::tlsv1 alert unknown ca</c>.
    /// </summary>
    public static string? Find(Exception? exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            var at = e.Message.LastIndexOf(Mark, StringComparison.Ordinal);
            if (at >= 0 && e.Message.Contains("SSL routines", StringComparison.Ordinal))
            {
                return e.Message[(at + Mark.Length)..];
            }
        }

        return null;
    }
}
