using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Levity.Client.Connection;

/// <summary>A certificate's dates, in words.</summary>
internal static class Validity
{
    /// <returns>What is wrong with them, to be put after "it"; null when nothing is.</returns>
    public static string? Problem(X509Certificate2 certificate, DateTimeOffset now) =>
        now > certificate.NotAfter ? $"expired on {Format(certificate.NotAfter)}"
        : now < certificate.NotBefore ? $"is not valid before {Format(certificate.NotBefore)}"
        : null;

    private static string Format(DateTime local) =>
        local.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
