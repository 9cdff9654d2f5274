using System.Net.Sockets;
using Levity.Linux;
using Levity.Protocol.Supervisor;

namespace Levity.Supervisor;

/// <summary>
/// Has the supervisor of a state directory execute another program in its place, and waits until that has taken over.
/// </summary>
internal static class UpgradeVerb
{
    public static async Task<int> RunAsync(string stateDirectory, string program, TextWriter error)
    {
        var problem = await TryUpgradeAsync(Path.GetFullPath(stateDirectory), program);
        if (problem is not null)
        {
            await error.WriteLineAsync($"levity-supervisor: {problem}");
        }

        return problem is null ? 0 : 1;
    }

    private static async Task<string?> TryUpgradeAsync(string stateDirectory, string program)
    {
        try
        {
            // Here and not in the supervisor: what that has for a child it takes for a task's.
            var (version, problem) = ProgramInquiry.Ask(program);
            return problem ?? await AskAsync(
                stateDirectory, new Upgrade { Program = program, Version = version });
        }
        catch (LinuxException e)
        {
            return e.Message;
        }
    }

    private static async Task<string?> AskAsync(string stateDirectory, Upgrade upgrade)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(
                new UnixDomainSocketEndPoint(Path.Combine(stateDirectory, ControlProtocol.SocketName)));
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            socket.Dispose();
            return $"none is running for '{stateDirectory}': {e.Message}";
        }

        await using var connection = new MessageConnection<Reply, Request>(socket);
        connection.Post(new Request { Id = 1, Upgrade = upgrade });
        try
        {
            await foreach (var reply in connection.ReadAllAsync(CancellationToken.None))
            {
                return reply.Failure?.Message;
            }
        }
        catch (IOException)
        {
            // No answer either.
        }

        return "the supervisor did not answer: it ended, or is of a release that cannot be upgraded while tasks run; "
            + $"see '{Path.Combine(stateDirectory, "supervisor.log")}'";
    }
}
