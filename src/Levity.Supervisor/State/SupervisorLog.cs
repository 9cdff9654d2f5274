using System.Globalization;

namespace Levity.Supervisor.State;

/// <summary>The supervisor's own messages: one line each on stderr, which is a file once it has detached.</summary>
internal sealed class SupervisorLog(TextWriter output, TimeProvider time)
{
    public void Write(FormattableString message)
    {
        var stamp = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

        // One write for a line, so that lines of several threads do not mix. A full disk must not end the supervisor.
        try
        {
            output.Write($"{stamp} {FormattableString.Invariant(message)}\n");
        }
        catch (IOException)
        {
            // Nowhere left to say it.
        }
    }
}
