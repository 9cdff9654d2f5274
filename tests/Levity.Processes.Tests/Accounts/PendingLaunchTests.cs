using Levity.Linux;
using Levity.Processes.Accounts;
using Levity.Processes.Tests.Fixtures;

namespace Levity.Processes.Tests.Accounts;

/// <summary>
/// Whether a launcher has executed its command, or was ended before: the launchers here are shells, which do what a real
/// one does up to some point.
/// </summary>
public sealed class PendingLaunchTests
{
    // Its name is the first string of the order: a byte with its length before it.
    private const string Begin =
        "name=$(dd bs=1 skip=1 count=14 if=/proc/self/fd/3 2>/dev/null); printf %s $name > /proc/$$/comm; printf '\\001' >&4; exec 3<&-; ";

    [Fact]
    public void One_that_is_killed_before_it_begins_has_executed_nothing() => AssertLost("kill -9 $$");

    [Fact]
    public void One_that_is_killed_after_that_has_executed_nothing() => AssertLost(Begin + "kill -9 $$");

    [Fact]
    public void One_that_is_killed_while_it_reports_has_executed_nothing() =>
        AssertLost(Begin + "printf '\\001\\000' >&4; kill -9 $$");

    [Fact]
    public void One_that_ends_without_a_word_has_executed_nothing() => AssertLost(Begin + "exit 0");

    [Fact]
    public void A_command_that_runs_was_executed()
    {
        using var launched = new LaunchedShell(Begin + "exec sleep 300 4>&-");

        Assert.Equal(launched.Pid, launched.LookAtEnd()?.Pid);
    }

    [Theory]
    [InlineData("exec true 4>&-")]
    [InlineData("exec sh -c 'kill -9 $$' 4>&-")]
    public void A_command_that_is_over_at_once_was_executed(string command)
    {
        using var launched = new LaunchedShell(Begin + command);

        var outcome = launched.LookDead();

        Assert.True(outcome.Started);
        Assert.Equal(launched.Pid, outcome.Pid);
    }

    [Fact]
    public void Nothing_is_known_of_one_that_is_under_way()
    {
        using var launched = new LaunchedShell(Begin + "echo ready; kill -STOP $$");

        Assert.Equal("ready", launched.ReadLine());
        Assert.Null(launched.Look());
    }

    [Fact]
    public void Nothing_of_the_task_gets_into_the_launcher_but_its_id()
    {
        using var launched = new LaunchedShell("tr '\\0' '\\n' < /proc/$$/environ");

        Assert.Equal("LEVITY_TASK_ID=7\n", launched.Output());
        launched.LookDead();
    }

    private static void AssertLost(string script)
    {
        using var launched = new LaunchedShell(script);

        var outcome = launched.LookDead();

        Assert.Equal(LaunchFailureKind.Resources, outcome.Failure?.Kind);
        Assert.Contains("the command was not executed", outcome.Failure?.Message, StringComparison.Ordinal);
    }

    /// <summary>A shell in the place of the launcher.</summary>
    private sealed class LaunchedShell : IDisposable
    {
        private readonly PendingLaunch _launch;
        private readonly StartedProcess _process;

        public LaunchedShell(string script)
        {
            var launcher = new AccountLauncher(
                ["/bin/sh"u8.ToArray(), "-c"u8.ToArray(), Specs.Bytes(script)], descriptorLimit: 1024);
            var spec = Specs.Of("true").With("LEVITY_TASK_ID=7").With("LD_PRELOAD=/evil.so");
            using var nothing = DevNull.OpenRead();
            var (read, write) = Pipe.Create();
            using (write)
            {
                var outcome = launcher.Begin(
                    spec,
                    new LaunchTerms { Credentials = new Credentials(7, 7, []) },
                    new StandardStreams(nothing, write, write),
                    out var launch);
                Assert.Null(outcome.Failure);
                _launch = launch!;
                _process = StartedProcess.Of(outcome.Pid, read);
            }
        }

        public int Pid => _process.Pid;

        public string Output() => System.Text.Encoding.UTF8.GetString(_process.ReadToEnd());

        public string ReadLine() => _process.ReadLine();

        public LaunchOutcome? Look() => _launch.Look(hasEnded: false);

        public LaunchOutcome? LookAtEnd()
        {
            using var epoll = new Epoll();
            epoll.Add(_launch.Report, EpollEvents.In, 0);
            LaunchOutcome? outcome = null;
            while (!_launch.IsAtEnd)
            {
                Assert.Equal(1, epoll.Wait(new EpollEvent[1], Patience.Milliseconds));
                outcome = Look();
            }

            return outcome;
        }

        public LaunchOutcome LookDead()
        {
            _process.WaitUntilEnded();
            return _launch.Look(hasEnded: true)!.Value;
        }

        public void Dispose()
        {
            _launch.Dispose();
            _process.Dispose();
        }
    }
}
