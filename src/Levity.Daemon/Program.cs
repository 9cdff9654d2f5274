using System.CommandLine;
using System.Net.Sockets;
using Levity.Daemon.Hosting;
using Levity.Daemon.Hosting.Configuration;
using Levity.Daemon.Security;
using Microsoft.Data.Sqlite;

const int usageError = 2;
const int failure = 1;

ParseResult parsed;
try
{
    parsed = ConfiguredCommandLine.Parse(args, RunAsync);
}
catch (StartupException e)
{
    await Console.Error.WriteLineAsync($"levityd: {e.Message}");
    return failure;
}

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
    catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
    {
        return 0;
    }
    catch (Exception e) when (IsForTheOperator(e))
    {
        await Console.Error.WriteLineAsync($"levityd: {e.Message}");
        return failure;
    }
}

// What an operator can do something about is one line; anything else is a fault of ours, and its trace is wanted.
static bool IsForTheOperator(Exception e) =>
    e is StartupException or InvalidCertificateException or IOException or UnauthorizedAccessException
        or SqliteException or NotSupportedException or InvalidDataException or SocketException;
