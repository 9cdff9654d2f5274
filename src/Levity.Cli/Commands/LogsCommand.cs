using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Levity.Cli.Connection;
using Levity.Cli.Output;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary>
/// <c>levity logs</c>: what a task wrote to stdout to our stdout, what it wrote to stderr to ours, in the order in
/// which it was written. The bytes are never looked at.
/// </summary>
internal sealed class LogsCommand : Command
{
    private readonly TaskIdArgument _id = new();

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

    public LogsCommand(GlobalOptions globals, CommandContext context)
        : base("logs", "Prints what a task has written.")
    {
        Arguments.Add(_id);
        Options.Add(_follow);
        Options.Add(_stdout);
        Options.Add(_stderr);
        Options.Add(_cursor);
        Validators.Add(result =>
        {
            if (result.GetValue(_stdout) && result.GetValue(_stderr))
            {
                result.AddError("--stdout and --stderr exclude each other");
            }
        });
        SetAction((parsed, cancellationToken) => RunAsync(parsed, globals, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, GlobalOptions globals, CommandContext context, CancellationToken cancellationToken)
    {
        var request = new StreamLogsRequest
        {
            TaskId = _id.Read(parsed),
            Cursor = parsed.GetValue(_cursor),
            Follow = parsed.GetValue(_follow),
            Stream = parsed.GetValue(_stdout) ? LogStream.Stdout
                : parsed.GetValue(_stderr) ? LogStream.Stderr
                : LogStream.Unspecified,
        };
        var receiver = new LogReceiver(globals.Read(parsed, context.Variable), context);
        await receiver.ReceiveAsync(request, message => Write(message, context.Output), cancellationToken);
        return ExitCodes.Success;
    }

    private static ulong ParseCursor(ArgumentResult result)
    {
        if (!ulong.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var cursor))
        {
            result.AddError("--cursor wants a number");
        }

        return cursor;
    }

    private static void Write(StreamLogsResponse message, ConsoleOutput output)
    {
        switch (message.EventCase)
        {
            case StreamLogsResponse.EventOneofCase.Chunk when message.Chunk.Stream == LogStream.Stderr:
                output.WriteError(message.Chunk.Data.Span);
                break;
            case StreamLogsResponse.EventOneofCase.Chunk:
                output.WriteOutput(message.Chunk.Data.Span);
                break;
            case StreamLogsResponse.EventOneofCase.Gap:
                output.Report(Describe(message.Gap));
                break;
        }
    }

    private static string Describe(LogGap gap) => gap.MissingBytes == 0
        ? $"an unknown number of bytes of the log is missing: {gap.Reason}"
        : $"{gap.MissingBytes} bytes of the log are missing: {gap.Reason}";
}
