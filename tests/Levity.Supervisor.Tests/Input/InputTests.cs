using System.Text;
using Google.Protobuf;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Tests.Fixtures;

namespace Levity.Supervisor.Tests.Input;

/// <summary>What is written to a task that was started with an input, which is a pipe.</summary>
public sealed class InputTests : SupervisorTests
{
    // No pipe holds a number of these and nothing else: the last one is taken in part, and tells that it is full.
    private const int Block = 60_000;

    private TaskWithInput _task = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _task = new TaskWithInput(Supervisor, Client);
    }

    [Fact]
    public async Task It_is_read_up_to_its_end()
    {
        await _task.ShellAsync("cat; echo over");

        Assert.Equal((5ul, false), await _task.WriteAsync("hello"));
        Assert.Equal((6ul, true), await _task.WriteAsync("\n", 5, end: true));

        Assert.Equal("hello\nover\n", await _task.EndAsync());
    }

    [Fact]
    public async Task What_is_sent_again_is_taken_once_and_what_comes_too_early_not_at_all()
    {
        await _task.ShellAsync("cat");
        await _task.WriteAsync("abc");

        Assert.Equal((3ul, false), await _task.WriteAsync("abc"));
        Assert.Equal((5ul, false), await _task.WriteAsync("bcde", 1));
        Assert.Equal((5ul, false), await _task.WriteAsync("z", 6));
        Assert.Equal((6ul, true), await _task.WriteAsync("f", 5, end: true));

        // It may be over by now, and then nobody counts any more.
        Assert.True((await _task.WriteAsync("f", 5, end: true)).Closed);

        Assert.Equal("abcdef", await _task.EndAsync());
    }

    [Fact]
    public async Task Each_writer_is_counted_and_the_end_of_one_is_the_end_of_all()
    {
        await _task.ShellAsync("cat");

        Assert.Equal((2ul, false), await _task.WriteAsync("aa", writer: "alice"));
        Assert.Equal((3ul, false), await _task.WriteAsync("bbb", writer: "bob"));
        Assert.Equal((2ul, true), await _task.WriteAsync("", 2, end: true, writer: "alice"));
        Assert.True((await _task.WriteAsync("b", 3, writer: "bob")).Closed);

        Assert.Equal("aabbb", await _task.EndAsync());
    }

    [Fact]
    public async Task A_task_that_does_not_read_is_waited_for_and_nobody_elses()
    {
        await _task.ShellAsync($"{WaitForGate}; cat");
        var block = ByteString.CopyFrom(Encoding.ASCII.GetBytes(new string('x', Block)));
        var taken = await FillAsync(block);

        // It is not answered, and the one after it is.
        Client.Post(_task.Input(block, taken));
        var other = new TaskWithInput(Supervisor, Client);
        Client.Post(new Request { StartChild = SupervisorUnderTest.Command(other.Id, "cat").WithInput() });
        Assert.NotNull((await Client.NextAnswerAsync()).ChildStarted);
        Assert.Equal((2ul, true), await other.WriteAsync("hi", end: true));
        Assert.Equal("hi", await other.EndAsync());

        OpenGate();
        Assert.Equal(taken, (await Client.NextAnswerAsync()).InputTaken.Taken);
        while (taken < 4_000_000)
        {
            var rest = (await Client.AskAsync(_task.Input(block, taken))).InputTaken;
            taken = rest.Taken;
        }

        await _task.WriteAsync("", taken, end: true);
        Assert.Equal(new string('x', (int)taken), await _task.EndAsync());
    }

    [Fact]
    public async Task Who_waits_for_a_task_that_ends_is_answered_and_then_it_takes_no_more()
    {
        await _task.ShellAsync(WaitForGate);
        var block = ByteString.CopyFrom(new byte[Block]);
        Client.Post(_task.Input(block, await FillAsync(block)));

        OpenGate();

        Assert.NotNull((await Client.NextAnswerAsync()).InputTaken);
        await _task.EndAsync();
        Assert.True((await _task.WriteAsync("a")).Closed);
    }

    [Fact]
    public async Task A_task_that_has_closed_its_input_takes_no_more_and_goes_on()
    {
        await _task.ShellAsync($"exec <&-; echo closed; {WaitForGate}; echo over");
        await _task.OutputAsync("closed\n");

        Assert.Equal((0ul, true), await _task.WriteAsync("a"));

        OpenGate();
        Assert.Equal("closed\nover\n", await _task.EndAsync());
    }

    [Fact]
    public async Task A_task_without_an_input_reads_the_end_and_takes_nothing()
    {
        await _task.StartAsync(SupervisorUnderTest.Command(_task.Id, "sh", "-c", $"cat; {WaitForGate}"));

        Assert.Equal((0ul, true), await _task.WriteAsync("a"));

        OpenGate();
        Assert.Equal("", await _task.EndAsync());
    }

    [Fact]
    public async Task More_writers_than_are_remembered_can_write_one_after_the_other()
    {
        await _task.ShellAsync("cat");
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal((1ul, false), await _task.WriteAsync("x", writer: $"{i}"));
        }

        // Known still, and forgotten.
        Assert.Equal((1ul, false), await _task.WriteAsync("x", writer: "199"));
        Assert.Equal((0ul, false), await _task.WriteAsync("x", 1, writer: "0"));
        await _task.WriteAsync("", end: true, writer: "0");
        Assert.Equal(new string('x', 200), await _task.EndAsync());
    }

    [Fact]
    public async Task Another_program_in_place_of_theSupervisor_goes_on_with_it()
    {
        await _task.ShellAsync("cat");
        await _task.WriteAsync("abc");

        var (exitCode, error) = await Supervisor.RunAsync("upgrade");
        Assert.True(exitCode == 0, error);

        await using var after = await Supervisor.HelloAsync();
        _task.Client = after;
        Assert.Equal((3ul, false), await _task.WriteAsync("abc"));
        Assert.Equal((6ul, true), await _task.WriteAsync("def", 3, end: true));
        Assert.Equal("abcdef", await _task.EndAsync());
    }

    [Fact]
    public async Task A_task_of_another_user_can_open_it_by_its_name()
    {
        OtherUser.Require();
        var command = SupervisorUnderTest.Command(_task.Id, "sh", "-c", "cat /dev/stdin").WithInput();
        command.Account = new Account { Uid = OtherUser.Id, Gid = OtherUser.Id };
        await _task.StartAsync(command);

        await _task.WriteAsync("mine", end: true);

        Assert.Equal("mine", await _task.EndAsync());
    }

    private string Gate => Path.Combine(Supervisor.StateDirectory, "gate");

    private string WaitForGate => $"while [ ! -e {Gate} ]; do sleep 0.02; done";

    private void OpenGate() => File.Create(Gate).Dispose();

    private async Task<ulong> FillAsync(ByteString block)
    {
        for (var taken = 0ul; ;)
        {
            var before = taken;
            taken = (await Client.AskAsync(_task.Input(block, before))).InputTaken.Taken;
            if (taken - before < Block)
            {
                return taken;
            }
        }
    }
}
