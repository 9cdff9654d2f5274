using System.Runtime.InteropServices;

namespace Levity.Cli;

/// <summary>
/// Keeps the platform from loading the system's CA certificates. It loads all of them before it builds its first
/// chain, even for a chain with roots of its own (X509ChainTrustMode.CustomRootTrust), and even for our own
/// certificate: 40 ms, more than twice what the rest of a whole query takes.
/// </summary>
internal static partial class SystemTrust
{
    /// <summary>
    /// Has to be called before anything else touches certificates. OpenSSL's own variables name the places to look in,
    /// and the platform heeds them; it reads them with getenv(3), which does not see what
    /// <see cref="Environment.SetEnvironmentVariable(string, string?)"/> sets. No program that levity starts inherits
    /// them: it starts none.
    /// </summary>
    public static void Ignore()
    {
        _ = setenv("SSL_CERT_DIR", "", 1);
        _ = setenv("SSL_CERT_FILE", "", 1);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
