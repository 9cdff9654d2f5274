using System.CommandLine;
using System.Text;
using Levity.Cli.Output;
using Levity.Client;
using Levity.Configuration;

namespace Levity.Cli.Commands;

/// <summary>The whole command line: reads it, runs the command, and turns whatever went wrong into one line.</summary>
internal static class CommandLine
{
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, CommandContext context)
    {
        try
        {
            return await InvokeAsync(args, context);
        }
        catch (BrokenPipeException e)
        {
            return e.ExitCode;
        }
        catch (CommandException e)
        {
            Report(e, e.Message, context);
            return e.ExitCode;
        }
        catch (LevityException e)
        {
            Report(e, e.Message, context);
            return ExitCodes.Of(e.Kind);
        }
        catch (ConfigurationException e)
        {
            foreach (var problem in e.Message.Split('\n'))
            {
                Report(e, problem, context);
            }

            return ExitCodes.Failure;
        }
        catch (Exception e)
        {
            // The edge of the program: what nobody expected still is one line and not a stack trace.
            Report(e, $"unexpected {e.GetType().Name}: {e.Message}", context);
            return ExitCodes.Failure;
        }
    }

    private static async Task<int> InvokeAsync(string[] args, CommandContext context)
    {
        if (args.FirstOrDefault(arg => arg.Contains('\uFFFD')) is { } damaged)
        {
            // The runtime has put it in place of bytes that are not UTF-8, and the server would get something else.
            throw new CommandException($"the argument {damaged} is not UTF-8, and cannot be passed on as it was given");
        }

        var root = new LevityCommand(context);
        var separated = Operands.Separate(args, root);
        var parsed = root.Parse(
            separated, new ParserConfiguration { ResponseFileTokenReplacer = null }); // an argument may begin with @
        if (UsageProblem.In(separated, parsed) is { } problem)
        {
            throw new CommandException($"{problem.Text} (see `{HelpPage.PathOf(problem.Page)} --help`)");
        }

        var help = new StringWriter();
        var exitCode = await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = help,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // Ctrl-C ends levity at once
        });
        if (help.GetStringBuilder().Length > 0)
        {
            context.Output.WriteOutput(Encoding.UTF8.GetBytes(help.ToString()));
        }

        return exitCode;
    }

    private static void Report(Exception e, string line, CommandContext context)
    {
        context.Output.Report(line);
        if (context.Variable("LEVITY_DEBUG") == "1")
        {
            context.Output.WriteError(Encoding.UTF8.GetBytes($"{e}\n"));
        }
    }
}
