using System.Text.RegularExpressions;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Attaching;

/// <summary>levity on a terminal, which is the task's for a while.</summary>
public sealed partial class TerminalTests(SharedServer shared) : IClassFixture<SharedServer>
{
    // Whether lines are edited and keys echoed, as on a terminal that is nobody else's.
    private const string TellMode =
        "stty -a | grep -o -- '-*icanon' | sed 's/^/mode: /'; stty -a | grep -o -- '-*echo ' | sed 's/^/mode: /'";

    private readonly LevityServer _server = shared.Server;
    private readonly LevityCommand _levity = shared.Server.Cli();

    [Fact]
    public async Task A_command_is_run_as_if_it_were_here_and_the_terminal_is_ours_again_afterwards()
    {
        await using var terminal = LocalTerminal.Start(
            _levity,
            $"""$PROGRAM run -it -- sh -c 'stty size; echo $TERM; read line; echo "<$line>"; exit 7'; echo "rc $?"; {TellMode}""");
        await terminal.ShowsAsync("31 91\r\nvt220\r\n");

        await terminal.TypeAsync("hello\r");

        // Echoed once, there.
        await terminal.ShowsAsync("vt220\r\nhello\r\n<hello>\r\nrc 7\r\nmode: icanon\r\nmode: echo \r\n");
    }

    [Fact]
    public async Task An_interrupt_that_is_typed_is_the_tasks()
    {
        await using var terminal = LocalTerminal.Start(
            _levity, """$PROGRAM run -q -it -- sh -c 'echo ready; exec sleep 300'; echo "rc $?" """);
        await terminal.ShowsAsync("ready");

        await terminal.TypeAsync("\u0003");

        await terminal.ShowsAsync("rc 130");
    }

    [Fact]
    public async Task Who_leaves_a_task_has_their_terminal_again_and_can_go_back_to_it_with_somebody_else()
    {
        await using var first = LocalTerminal.Start(
            _levity,
            $"""$PROGRAM run -it -- sh -c 'printf "\033[?1049hready\n"; exec cat'; echo "rc $?"; {TellMode}""");
        await first.ShowsAsync("ready\r\n");
        await first.TypeAsync("one\r");
        await first.ShowsAsync("one\r\none\r\n");

        await first.TypeAsync("\u0010\u0011");

        // The other screen is left as well.
        await first.ShowsAsync("\u001b[?1049l");
        await first.ShowsAsync("goes back to it\r\nrc 0\r\nmode: icanon\r\nmode: echo \r\n");
        var id = Detached().Match(first.Text).Groups["id"].Value;
        await using var second = LocalTerminal.Start(_levity, $"""$PROGRAM attach --tail 2 {id}; echo "rc $?" """);
        await second.ShowsAsync("one\r\none\r\n");
        await using var third = LocalTerminal.Start(_levity, $"""$PROGRAM attach --tail 1 {id}; echo "rc $?" """);
        await third.ShowsAsync("one\r\n");
        await second.TypeAsync("two\r");
        await third.ShowsAsync("two\r\ntwo\r\n");
        await third.TypeAsync("\u0004");
        await second.ShowsAsync("rc 0");
        await third.ShowsAsync("rc 0");
    }

    [Fact]
    public async Task Who_is_killed_while_a_terminal_is_the_tasks_leaves_it_as_it_was()
    {
        var id = await _levity.StartTaskAsync("-i", "--tty", "sh", "-c", "echo ready; exec cat");
        await using var terminal = LocalTerminal.Start(
            _levity, $"""$PROGRAM attach --tail 5 {id}; echo "rc $?"; {TellMode}""");
        await terminal.ShowsAsync("ready");
        await terminal.TypeAsync("typed\r");
        await terminal.ShowsAsync("typed\r\ntyped\r\n");

        var levity = Assert.Single(ProcessTable.WithArgument(id), pid => ProcessTable.ReadText($"/proc/{pid}/comm") == "levity\n");
        await Signals.SendAsync("TERM", levity);

        await terminal.ShowsAsync("rc 143\r\nmode: icanon\r\nmode: echo \r\n");
        await _server.Client().SignalAsync(id);
    }

    [Fact]
    public async Task What_is_typed_while_levityd_is_away_arrives_once_when_it_is_back()
    {
        await using var server = await LevityServer.StartAsync();
        await using var terminal = LocalTerminal.Start(
            server.Cli(), """$PROGRAM run -it -- sh -c 'stty -echo; echo ready; exec cat'; echo "rc $?" """);
        await terminal.ShowsAsync("ready");
        await terminal.TypeAsync("one\r");
        await terminal.ShowsAsync("one\r\n");

        await server.Kill9Async();
        await terminal.ShowsAsync("connection lost, resuming");
        await terminal.TypeAsync("two\r");
        await server.RestartAsync();
        await terminal.ShowsAsync("two\r\n");
        await terminal.TypeAsync("three\r\u0004");

        await terminal.ShowsAsync("three\r\nrc 0");
        Assert.Equal(["one", "two", "three"], Typed().Matches(terminal.Text).Select(match => match.Value));
    }

    [GeneratedRegex("levity attach (?<id>[0-9a-f-]+)")]
    private static partial Regex Detached();

    [GeneratedRegex("one|two|three")]
    private static partial Regex Typed();
}
