using System.CommandLine;
using System.CommandLine.Parsing;
using Levity.Cli.Connection;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary><c>levity start</c>: executes a command and prints the id of the new task, nothing else.</summary>
internal sealed class StartCommand : Command
{
    private readonly Option<string?> _directory = new("--dir", "-d")
    {
        HelpName = "DIR",
        Description = "Its working directory, absolute [default the server's].",
    };

    private readonly Option<string[]> _definitions = new("--define", "-D")
    {
        HelpName = "NAME=VALUE",
        Description = "Sets a variable in its environment; the last of a name counts.",
    };

    private readonly Option<string?> _requestKey = new("--request-key")
    {
        HelpName = "KEY",
        Description = "One task for each KEY: so a start can be repeated [default random].",
    };

    private readonly Argument<string> _binary = new("BINARY")
    {
        Description = "The command: a path, or a name in the task's own PATH.",
    };

    private readonly Argument<string[]> _arguments = new("ARG")
    {
        Description = "Its arguments, as they are: levity's options come before BINARY.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public StartCommand(GlobalOptions globals, CommandContext context)
        : base("start", "Starts a task and prints its id.")
    {
        Options.Add(_directory);
        Options.Add(_definitions);
        Options.Add(_requestKey);
        Arguments.Add(_binary);
        Arguments.Add(_arguments);
        _definitions.Validators.Add(CheckDefinitions);
        SetAction((parsed, cancellationToken) => RunAsync(parsed, globals, context, cancellationToken));
    }

    private static void CheckDefinitions(OptionResult result)
    {
        foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=') < 1))
        {
            result.AddError($"--define wants NAME=VALUE, and '{token.Value}' is none");
        }
    }

    private async Task<int> RunAsync(
        ParseResult parsed, GlobalOptions globals, CommandContext context, CancellationToken cancellationToken)
    {
        var request = new StartTaskRequest
        {
            Binary = parsed.GetRequiredValue(_binary),
            RequestKey = parsed.GetValue(_requestKey) ?? Guid.NewGuid().ToString(),
        };
        request.Args.AddRange(parsed.GetValue(_arguments));
        if (parsed.GetValue(_directory) is { } directory)
        {
            request.WorkingDir = directory;
        }

        foreach (var definition in parsed.GetValue(_definitions) ?? [])
        {
            var equals = definition.IndexOf('=');
            request.Environment[definition[..equals]] = definition[(equals + 1)..];
        }

        // The key makes it safe to repeat: one `levity start` is at most one task, whatever happens to the server.
        var call = new RepeatedCall(globals.Read(parsed, context.Variable), context.Time);
        try
        {
            var response = await call.CallAsync(
                (client, options) => client.StartTaskAsync(request, options), cancellationToken);
            context.Output.WriteLine(response.TaskId.Id);
            return ExitCodes.Success;
        }
        catch (CommandException e) when (call.IsOpen)
        {
            throw new CommandException(
                $"{e.Message}; --request-key {request.RequestKey} repeats this start and makes no second one", e, e.ExitCode);
        }
    }
}
