using System.CommandLine;
using Levity.Daemon.Hosting;
using Levity.Daemon.Security;
using Microsoft.Data.Sqlite;

const int usageError = 2;
const int failure = 1;

var parsed = DaemonCommand.Create(RunAsync).Parse(args);
if (parsed.Errors.Count > 0)
{
    await Console.Error.WriteLineAsync($"levityd: {parsed.Errors[0].Message} (see levityd --help)");
    return usageError;
}

// The host handles the signals itself, in its own order.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static async Task<int> RunAsync(DaemonOptions options, CancellationToken cancellationToken)
{
    try
    {
        await DaemonHost.RunAsync(options, Console.Error, cancellationToken);
        return 0;
    }
    catch (Exception e) when (e is StartupException or InvalidCertificateException or IOException or SqliteException)
    {
        await Console.Error.WriteLineAsync($"levityd: {e.Message}");
        return failure;
    }
}
