using Levity.Protocol.Supervisor;
using Levity.Supervisor.Tests.Fixtures;

namespace Levity.Supervisor.Tests.Input;

/// <summary>A task that has a terminal.</summary>
public sealed class TerminalTests : SupervisorTests
{
    // The size is told when it is another one, or shall be drawn anew.
    private const string TellSize = "trap 'stty size' WINCH; echo ready; while :; do sleep 0.02; done";

    private TaskWithInput _task = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _task = new TaskWithInput(Supervisor, Client);
    }

    [Fact]
    public async Task All_three_streams_are_it_and_it_is_the_controlling_one()
    {
        await _task.TerminalAsync(
            "test -t 0 && test -t 1 && test -t 2 && stty size; tty | grep -c ^/dev/pts/; echo out; echo err >&2; echo tty > /dev/tty");

        Assert.Equal("30 90\r\n1\r\nout\r\nerr\r\ntty\r\n", await _task.EndAsync());
    }

    [Fact]
    public async Task The_last_bytes_of_a_task_that_ends_are_in_its_log()
    {
        await _task.TerminalAsync("seq 20000; exit 3");

        var expected = string.Concat(Enumerable.Range(1, 20_000).Select(n => $"{n}\r\n"));
        Assert.Equal(expected, await _task.EndAsync());
    }

    [Fact]
    public async Task What_is_typed_is_echoed_and_read_by_lines()
    {
        await _task.TerminalAsync("read line; echo \"got $line\"");

        await _task.WriteAsync("hello\r");

        Assert.Equal("hello\r\ngot hello\r\n", await _task.EndAsync());
    }

    [Fact]
    public async Task The_end_is_an_end_of_file_that_was_typed_and_another_writer_goes_on()
    {
        await _task.TerminalAsync("cat; echo over; read line");

        Assert.Equal((2ul, true), await _task.WriteAsync("a\r", end: true, writer: "alice"));
        await _task.OutputAsync("over");
        Assert.Equal((2ul, false), await _task.WriteAsync("b\r", writer: "bob"));

        Assert.StartsWith("a\r\na\r\nover\r\nb", await _task.EndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_interrupts_does()
    {
        await _task.TerminalAsync("echo ready; exec sleep 300");
        await _task.OutputAsync("ready");

        await _task.WriteAsync("\u0003");

        Assert.Equal(2, (await Client.NextEndingAsync()).Signal);
    }

    [Fact]
    public async Task Another_size_is_told_and_the_same_size_has_it_drawn_anew()
    {
        await _task.TerminalAsync(TellSize);
        await _task.OutputAsync("ready");

        await _task.ResizeAsync(40, 132);
        await _task.OutputAsync("40 132\r\n");
        await _task.ResizeAsync(40, 132);
        await _task.OutputAsync("40 132\r\n40 132\r\n");
    }

    [Fact]
    public async Task A_task_that_lets_go_of_its_terminal_for_a_while_has_it_again()
    {
        var gate = Path.Combine(Supervisor.StateDirectory, "gate");
        await _task.TerminalAsync(
            $"exec <&- >&- 2>&-; while [ ! -e {gate} ]; do sleep 0.02; done; exec >/dev/tty; echo again");
        File.Create(gate).Dispose();

        Assert.Equal("again\r\n", await _task.EndAsync());
    }

    [Fact]
    public async Task More_than_it_holds_waits_with_who_writes_and_is_not_lost()
    {
        await _task.TerminalAsync("stty raw -echo; echo ready; head -c 300000 | tr -d '\\n' | wc -c");
        await _task.OutputAsync("ready");

        var data = new string('x', 65_536);
        var taken = 0ul;
        while (taken < 300_000)
        {
            (taken, var closed) = await _task.WriteAsync(data[..(int)Math.Min(65_536, 300_000 - taken)], taken);
            Assert.False(closed);
        }

        Assert.EndsWith("300000\n", await _task.EndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_program_in_place_of_theSupervisor_goes_on_with_it()
    {
        await _task.TerminalAsync(TellSize);
        await _task.OutputAsync("ready");

        var (exitCode, error) = await Supervisor.RunAsync("upgrade");
        Assert.True(exitCode == 0, error);

        await using var after = await Supervisor.HelloAsync();
        _task.Client = after;
        await _task.ResizeAsync(50, 140);
        await _task.OutputAsync("50 140\r\n");
        await _task.WriteAsync("\u0003");
        Assert.Equal(2, (await after.NextEndingAsync()).Signal);
    }

    [Fact]
    public async Task Of_another_user_it_is_theirs()
    {
        OtherUser.Require();
        var command = SupervisorUnderTest.Command(
            _task.Id, "sh", "-c", "stat -c '%u %a' $(tty); echo out > /dev/stdout; echo tty > /dev/tty; echo name > $(tty)");
        command.Account = new Account { Uid = OtherUser.Id, Gid = OtherUser.Id };
        await _task.StartAsync(command.WithTerminal(30, 90));

        Assert.Matches($"^{OtherUser.Id} 6[02]0\r\nout\r\ntty\r\nname\r\n$", await _task.EndAsync());
    }
}
