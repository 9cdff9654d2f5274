using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;
using System.Text;
using Levity.Cli.Commands.Audit;
using Levity.Cli.Commands.Ca;
using Levity.Cli.Output;

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

        var root = CreateRoot(context);
        var parsed = root.Parse(
            Operands.Separate(args, root),
            new ParserConfiguration { ResponseFileTokenReplacer = null }); // an argument may begin with @
        if (UsageProblem.In(parsed) is { } problem)
        {
            throw new CommandException($"{problem} (see `{HelpText.PathOf(parsed.CommandResult)} --help`)");
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

    // A plain Command and not a RootCommand, which is named after the file it is run from and adds directives.
    private static Command CreateRoot(CommandContext context)
    {
        var globals = new GlobalOptions();
        var root = new Command("levity", "Runs commands on another machine, and tells the truth about them.")
        {
            new StartCommand(globals, context),
            new QueryCommand(globals, context),
            new InspectCommand(globals, context),
            new SignalCommand(globals, context),
            new LogsCommand(globals, context),
            new ShareCommand(globals, context),
            new UnshareCommand(globals, context),
            new RemoveCommand(globals, context),
            new CaCommand(globals, context),
            new AuditCommand(globals, context),
            new HelpOption("--help", "-h") { Description = "Show this help.", Action = new HelpText() },
            new VersionOption("--version") { Description = "Show the version.", Action = new VersionAction() },
        };
        globals.AddTo(root);
        return root;
    }

    private static void Report(Exception e, string line, CommandContext context)
    {
        context.Output.Report(line);
        if (context.Variable("LEVITY_DEBUG") == "1")
        {
            context.Output.WriteError(Encoding.UTF8.GetBytes($"{e}\n"));
        }
    }

    private sealed class VersionAction : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var version = typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>();
            parseResult.InvocationConfiguration.Output.Write($"levity {version?.InformationalVersion}\n");
            return ExitCodes.Success;
        }
    }
}
