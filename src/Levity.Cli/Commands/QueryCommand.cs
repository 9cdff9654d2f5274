using System.CommandLine;
using System.Globalization;
using Levity.Cli.Commands.Naming;
using Levity.Cli.Output;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary>
/// <c>levity query</c>: the state's name on line 1, the exit code on line 2 if there is one. What else there is to know
/// of an ending goes to stderr. With <c>-o json</c> it prints the same object as <c>inspect</c>.
/// </summary>
internal sealed class QueryCommand : Verb
{
    private readonly TaskArgument _task = new();
    private readonly OutputOption _output = OutputOption.OfOne();

    public QueryCommand(GlobalOptions globals, CommandContext context)
        : base("query", "Prints a task's state and, when it has exited, its exit code.")
    {
        Examples = [new("levity query $id", "Its state, and on a second line the exit code if there is one.")];
        _task.AddTo(this);
        Options.Add(_output);
        SetAction((parsed, cancellationToken) => RunAsync(parsed, globals, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, GlobalOptions globals, CommandContext context, CancellationToken cancellationToken)
    {
        using var client = globals.Connect(parsed, context);
        var asJson = _output.IsJson(parsed);
        var id = await _task.FindAsync(parsed, client, cancellationToken);
        var request = new QueryTaskRequest { TaskId = id, WithRequest = asJson };
        var task = await client.CallAsync(
            (tasks, options) => tasks.QueryTaskAsync(request, options), cancellationToken);

        if (asJson)
        {
            context.Output.WriteLine(TaskJson.Of(request.TaskId.Id, task));
            return ExitCodes.Success;
        }

        if (parsed.GetValue(_output) == OutputFormat.Name)
        {
            context.Output.WriteLine(TaskText.NameOf(id.Id, task));
            return ExitCodes.Success;
        }

        var state = StateNames.Of(task.StatusCode);
        context.Output.WriteLine(
            task.HasExitCode ? string.Create(CultureInfo.InvariantCulture, $"{state}\n{task.ExitCode}") : state);
        if (Remark(task) is { } remark)
        {
            context.Output.Report(remark);
        }

        return ExitCodes.Success;
    }

    private static string? Remark(QueryTaskResponse task) => task switch
    {
        { StatusCode: TaskStatusCode.Finished, Ending: { HasSignal: true } ending } =>
            $"ended by {SignalNames.Describe(ending.Signal)}",
        { Ending: { HasReason: true } ending } => ending.Reason,
        _ => null,
    };
}
