using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Levity.Cli.Commands.Naming;
using Levity.Cli.Output;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary>
/// <c>levity logs</c>: what a task wrote to stdout to our stdout, what it wrote to stderr to ours, in the order in
/// which it was written. The bytes are never looked at.
/// </summary>
internal sealed class LogsCommand : Verb
{
    private readonly TaskArgument _task = new();

    private readonly Option<bool> _follow = new("--follow", "-f")
    {
        Description = "Go on until the task is over; reconnects when it has to.",
        Arity = ArgumentArity.Zero,
    };

    private readonly Option<bool> _stdout = new("--stdout")
    {
        Description = "Only what it wrote to stdout.",
        Arity = ArgumentArity.Zero,
    };

    private readonly Option<bool> _stderr = new("--stderr")
    {
        Description = "Only what it wrote to stderr.",
        Arity = ArgumentArity.Zero,
    };

    private readonly Option<ulong> _cursor = new("--cursor")
    {
        HelpName = "N",
        Description = "Begin after the message that had this cursor [default 0].",
        CustomParser = ParseCursor,
    };

    private readonly Option<string?> _since = new("--since")
    {
        HelpName = "TIME",
        Description = "Only what came since then: 2026-11-25T17:45:00Z, or 5m (ago).",
    };

    private readonly Option<string?> _until = new("--until")
    {
        HelpName = "TIME",
        Description = "Only what came before this time.",
    };

    private readonly Option<ulong?> _tail = new("--tail", "-n")
    {
        HelpName = "N",
        Description = "Begin with the last N lines.",
        CustomParser = ParseTail,
    };

    private readonly Option<bool> _timestamps = new("--timestamps")
    {
        Description = "Put before each line when it came.",
        Arity = ArgumentArity.Zero,
    };

    public LogsCommand(GlobalOptions globals, CommandContext context)
        : base("logs", "Prints what a task has written.")
    {
        Examples =
        [
            new("levity logs -f $id", "What it has written, and what it is going to, until it is over."),
            new("levity logs --since 5m --timestamps $id", "The last five minutes, with times."),
        ];
        _task.AddTo(this);
        Options.Add(_follow);
        Options.Add(_stdout);
        Options.Add(_stderr);
        Options.Add(_cursor);
        Options.Add(_since);
        Options.Add(_until);
        Options.Add(_tail);
        Options.Add(_timestamps);
        Validators.Add(result =>
        {
            if (result.GetValue(_stdout) && result.GetValue(_stderr))
            {
                result.AddError("--stdout and --stderr exclude each other");
            }

            if (result.GetValue(_follow) && result.GetResult(_until) is not null)
            {
                result.AddError("--follow and --until exclude each other");
            }

            if (result.GetResult(_cursor) is not null && result.GetResult(_tail) is not null)
            {
                result.AddError("--cursor and --tail exclude each other");
            }
        });
        SetAction((parsed, cancellationToken) => RunAsync(parsed, globals, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, GlobalOptions globals, CommandContext context, CancellationToken cancellationToken)
    {
        var request = new StreamLogsRequest
        {
            Cursor = parsed.GetValue(_cursor),
            Follow = parsed.GetValue(_follow),
            Stream = parsed.GetValue(_stdout) ? LogStream.Stdout
                : parsed.GetValue(_stderr) ? LogStream.Stderr
                : LogStream.Unspecified,
        };
        var now = context.Time.GetUtcNow();
        request.Since = TypedTime.Read(parsed, _since, now);
        request.Until = TypedTime.Read(parsed, _until, now);
        if (parsed.GetValue(_tail) is { } lines)
        {
            request.TailLines = lines;
        }

        var printer = new LogPrinter(context.Output, parsed.GetValue(_timestamps));
        using var client = globals.Connect(parsed, context);
        request.TaskId = await _task.FindAsync(parsed, client, cancellationToken);
        void Resuming() => context.Output.Report("connection lost, resuming…");
        await foreach (var message in client.StreamLogsAsync(request, Resuming, cancellationToken))
        {
            printer.Print(message);
        }

        return ExitCodes.Success;
    }

    private static ulong ParseCursor(ArgumentResult result)
    {
        if (!ulong.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var cursor))
        {
            result.AddError($"--cursor wants a number as a message of the log has it, and '{result.Tokens[0].Value}' is none");
        }

        return cursor;
    }

    private static ulong? ParseTail(ArgumentResult result)
    {
        if (ulong.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var lines))
        {
            return lines;
        }

        result.AddError($"--tail wants a number of lines, and '{result.Tokens[0].Value}' is none");
        return null;
    }
}
