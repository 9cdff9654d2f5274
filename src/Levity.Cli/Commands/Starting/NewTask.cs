using System.CommandLine;
using Levity.Protocol;

namespace Levity.Cli.Commands.Starting;

/// <summary>
/// What a task is to be: the operands and options that each command has which starts one. What belongs together is a
/// group of its own in this folder.
/// </summary>
internal sealed class NewTask
{
    private readonly NameOptions _names = new();
    private readonly EnvironmentOptions _environment;
    private readonly LifeOptions _life = new();
    private readonly RetryOptions _retry = new();
    private readonly LimitOptions _limits = new();
    private readonly BoundOptions _bounds = new();
    private readonly InputOptions _input;
    private readonly Option<string?> _directory;

    private readonly Option<string?> _requestKey = new("--request-key")
    {
        HelpName = "KEY",
        Description = "One task for each KEY: so a start can be repeated [default random].",
    };

    private readonly BinaryArgument _binary = new();

    private readonly Argument<string[]> _arguments = new("ARG")
    {
        Description = "Its arguments, as they are: levity's options come before BINARY.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <param name="context">Where variables come from.</param>
    /// <param name="directoryAlias">Short names for <c>--dir</c>, where the command has them free.</param>
    /// <param name="terminalAlias">Short names for <c>--tty</c>, likewise.</param>
    /// <param name="passesInput">Whether our own input is the task's.</param>
    public NewTask(
        CommandContext context, string[] directoryAlias, string[] terminalAlias, bool passesInput)
    {
        _environment = new EnvironmentOptions(context.Variable);
        _input = new InputOptions(context.Variable, terminalAlias, passesInput);
        _directory = new Option<string?>("--dir", [.. directoryAlias, "-w", "--workdir"])
        {
            HelpName = "DIR",
            Description = "Its working directory, absolute [default the server's].",
        };
    }

    public void AddTo(Command command)
    {
        _names.AddTo(command);
        command.Options.Add(_directory);
        _environment.AddTo(command);
        _life.AddTo(command);
        _retry.AddTo(command);
        _limits.AddTo(command);
        _bounds.AddTo(command);
        _input.AddTo(command);
        command.Options.Add(_requestKey);
        command.Arguments.Add(_binary);
        command.Arguments.Add(_arguments);
    }

    /// <summary>It has a key always: one command line is at most one task, whatever happens to the server.</summary>
    public StartTaskRequest Read(ParseResult parsed)
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

        _names.ReadInto(request, parsed);
        _environment.ReadInto(request, parsed);
        _life.ReadInto(request, parsed);
        _retry.ReadInto(request, parsed);
        _limits.ReadInto(request, parsed);
        _bounds.ReadInto(request, parsed);
        _input.ReadInto(request, parsed);
        return request;
    }

    /// <summary>Whether it is one of the commands that start a task.</summary>
    public static bool IsPartOf(Command command) => command.Arguments.Any(argument => argument is BinaryArgument);

    private sealed class BinaryArgument : Argument<string>
    {
        public BinaryArgument()
            : base("BINARY")
        {
            Description = "The command: a path, or a name in the task's own PATH.";
        }
    }
}
