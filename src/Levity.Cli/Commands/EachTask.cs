using Levity.Cli.Commands.Naming;
using Levity.Client;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary>For commands about several tasks: each has its turn, whatever becomes of the others.</summary>
internal static class EachTask
{
    /// <returns>Of <see cref="ExitCodes"/>, that of the last one that failed.</returns>
    public static async Task<int> DoAsync(
        IEnumerable<TaskReference> tasks, LevityClient client, Func<TaskHandle, Task> act, CommandContext context)
    {
        var exitCode = ExitCodes.Success;
        foreach (var task in tasks)
        {
            try
            {
                await act(await task.FindAsync(client, CancellationToken.None));
            }
            catch (LevityException e)
            {
                // Which of them it was: the server's own words name it, those about the connection do not.
                context.Output.Report(e.Message.Contains($"{task}") ? e.Message : $"{task}: {e.Message}");
                exitCode = ExitCodes.Of(e.Kind);
            }
            catch (CommandException e)
            {
                context.Output.Report(e.Message);
                exitCode = e.ExitCode;
            }
        }

        return exitCode;
    }
}
