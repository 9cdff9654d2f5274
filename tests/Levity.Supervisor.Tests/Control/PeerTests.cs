using System.Diagnostics;
using Levity.Protocol;
using Levity.Supervisor.Tests.Fixtures;

namespace Levity.Supervisor.Tests.Control;

/// <summary>Who may speak to the supervisor, whatever becomes of the modes of its files.</summary>
public sealed class PeerTests
{
    // Says what a connection to the socket gives to read: its end, when it is closed at once.
    private const string Read = """
        alarm 60;
        my $socket = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "$!\n";
        my $read = sysread($socket, my $byte, 1);
        print defined $read && $read == 0 ? "refused\n" : "$!\n";
        """;

    [Fact]
    public async Task Another_user_is_refused_by_the_kernels_word_when_somebody_has_opened_the_directory()
    {
        OtherUser.Require();
        await using var supervisor = await SupervisorUnderTest.StartAsync();
        var socket = Path.Combine(supervisor.StateDirectory, "supervisor.sock");
        Assert.Equal("Permission denied", await ConnectAsync(socket));

        File.SetUnixFileMode(supervisor.StateDirectory, (UnixFileMode)0b111_111_111);
        Assert.Equal("Permission denied", await ConnectAsync(socket));
        File.SetUnixFileMode(socket, (UnixFileMode)0b110_110_110);

        Assert.Equal("refused", await ConnectAsync(socket));
        Assert.Contains("another user was refused", supervisor.Messages, StringComparison.Ordinal);
        await using var own = await supervisor.HelloAsync();
        Assert.NotNull((await own.StartAsync(SupervisorUnderTest.Command(TaskId.New(), "true"))).ChildStarted);
    }

    private static async Task<string> ConnectAsync(string socket)
    {
        var user = $"{OtherUser.Id}";
        var start = new ProcessStartInfo(
            "setpriv", ["--reuid", user, "--regid", user, "--clear-groups", "perl", "-MIO::Socket::UNIX", "-e", Read, socket])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
#pragma warning disable RS0030 // Somebody else, in a process of their own.
        using var process = Process.Start(start)!;
#pragma warning restore RS0030
        var said = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return said.TrimEnd('\n');
    }
}
