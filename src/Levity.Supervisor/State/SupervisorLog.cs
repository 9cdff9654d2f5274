using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Levity.Supervisor.State;

/// <summary>
/// The supervisor's own messages: one line each on descriptor 2, which is a file once it has detached. Not through
/// Console: that duplicates standard output, whose end somebody waits for, and takes an interest in SIGCHLD.
/// </summary>
internal sealed class SupervisorLog(TimeProvider time) : IDisposable
{
    private readonly FileStream _output = new(
        new SafeFileHandle(2, ownsHandle: false), FileAccess.Write, bufferSize: 0);

    /// <summary>From any thread.</summary>
    public void Write(FormattableString message)
    {
        var stamp = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

        // One write for a line, so that lines of several threads do not mix. A full disk must not end the supervisor.
        try
        {
            _output.Write(Encoding.UTF8.GetBytes($"{stamp} {FormattableString.Invariant(message)}\n"));
        }
        catch (IOException)
        {
            // Nowhere left to say it.
        }
    }

    public void Dispose() => _output.Dispose();
}
