using System.Text;
using Google.Protobuf;
using Levity.Logs;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using TerminalSize = Levity.Protocol.Supervisor.TerminalSize;

namespace Levity.Supervisor.Tests.Fixtures;

/// <summary>A child that a test writes to.</summary>
internal sealed class TaskWithInput(SupervisorUnderTest supervisor, ControlClient client)
{
    public TaskId Id { get; } = TaskId.New();

    /// <summary>The one that the supervisor is asked by; another one after an upgrade.</summary>
    public ControlClient Client { get; set; } = client;

    public async Task StartAsync(StartChild command)
    {
        command.TaskId = Id.ToString();
        Assert.Equal(Reply.BodyOneofCase.ChildStarted, (await Client.StartAsync(command)).BodyCase);
    }

    public Task ShellAsync(string script) =>
        StartAsync(SupervisorUnderTest.Command(Id, "sh", "-c", script).WithInput());

    public Task TerminalAsync(string script) =>
        StartAsync(SupervisorUnderTest.Command(Id, "sh", "-c", script).WithTerminal(30, 90));

    public Request Input(string data, ulong offset = 0, bool end = false, string writer = "w") =>
        Input(ByteString.CopyFromUtf8(data), offset, end, writer);

    public Request Input(ByteString data, ulong offset = 0, bool end = false, string writer = "w") => new()
    {
        WriteInput = new WriteInput { TaskId = Id.ToString(), Writer = writer, Offset = offset, Data = data, End = end },
    };

    /// <summary>Writes: what was taken, and whether nothing more is.</summary>
    public async Task<(ulong Taken, bool Closed)> WriteAsync(
        string data, ulong offset = 0, bool end = false, string writer = "w")
    {
        var answer = (await Client.AskAsync(Input(data, offset, end, writer))).InputTaken;
        return (answer.Taken, answer.Closed);
    }

    public Task ResizeAsync(uint rows, uint columns) => Client.AskAsync(new Request
    {
        ResizeTerminal = new ResizeTerminal
        {
            TaskId = Id.ToString(),
            Size = new TerminalSize { Rows = rows, Columns = columns },
        },
    });

    /// <summary>Waits until the task has written this.</summary>
    public async Task OutputAsync(string text)
    {
        while (Read(out var end) is var written && !written.Contains(text, StringComparison.Ordinal))
        {
            await Client.AskAsync(new Request { WatchLog = new WatchLog { TaskId = Id.ToString(), Cursor = end } });
            var grown = (await Client.NextEventAsync()).LogGrown;
            Assert.False(grown is null || grown.Sealed, $"it is over and has written: {Read(out _)}");
        }
    }

    /// <summary>Waits for its end: all that it wrote to stdout.</summary>
    public async Task<string> EndAsync()
    {
        while ((await Client.NextEventAsync()).ChildEnded is null)
        {
            // A log that has grown.
        }

        return supervisor.ReadLog(Id, Logs.LogStream.Stdout);
    }

    private string Read(out ulong end)
    {
        var bytes = new MemoryStream();
        Assert.Equal(LogOpenOutcome.Opened, LogReader.Open(supervisor.LogOf(Id.ToString()), default, out var reader));
        using (reader)
        {
            while (reader!.ReadNext(out var frame) == LogReadOutcome.Frame)
            {
                bytes.Write(frame.Payload.Span);
            }

            end = reader.Cursor.Position;
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}

/// <summary>What a start asks for.</summary>
internal static class StartsWithInput
{
    public static StartChild WithInput(this StartChild command)
    {
        command.Stdin = true;
        return command;
    }

    public static StartChild WithTerminal(this StartChild command, uint rows, uint columns)
    {
        command.Terminal = new TerminalSize { Rows = rows, Columns = columns };
        return command;
    }
}
