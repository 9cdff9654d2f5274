using Levity.Cli.Output;
using Levity.Protocol;

namespace Levity.Cli.Tests.Output;

public sealed class NameTests
{
    [Theory]
    [InlineData(0, "NotStarted")]
    [InlineData(1, "Running")]
    [InlineData(2, "Signalled")]
    [InlineData(3, "Finished")]
    [InlineData(4, "BrutallyKilled")]
    [InlineData(5, "InternalServerError")]
    [InlineData(6, "Lost")]
    [InlineData(77, "Unknown(77)")]
    public void States_have_the_names_of_the_contract(int number, string name) =>
        Assert.Equal(name, StateNames.Of((TaskStatusCode)number));

    [Theory]
    [InlineData(1, "SIGHUP (signal 1)")]
    [InlineData(9, "SIGKILL (signal 9)")]
    [InlineData(15, "SIGTERM (signal 15)")]
    [InlineData(31, "SIGSYS (signal 31)")]
    [InlineData(0, "signal 0")]
    [InlineData(33, "signal 33")]
    [InlineData(34, "SIGRTMIN (signal 34)")]
    [InlineData(36, "SIGRTMIN+2 (signal 36)")]
    [InlineData(64, "SIGRTMAX (signal 64)")]
    [InlineData(65, "signal 65")]
    public void Signals_have_the_names_of_the_manual(int number, string description) =>
        Assert.Equal(description, SignalNames.Describe(number));

    [Theory]
    [InlineData("TERM", 15)]
    [InlineData("SIGTERM", 15)]
    [InlineData("sigusr1", 10)]
    [InlineData("Hup", 1)]
    [InlineData("poll", 29)]
    [InlineData("CLD", 17)]
    [InlineData("RTMIN", 34)]
    [InlineData("sigrtmin+2", 36)]
    [InlineData("RTMIN+30", 64)]
    [InlineData("RTMAX", 64)]
    [InlineData("SIGRTMAX-1", 63)]
    [InlineData("1", 1)]
    [InlineData("33", 33)]
    [InlineData("64", 64)]
    public void A_signal_is_known_by_its_name_in_any_case_and_by_its_number(string text, int number)
    {
        Assert.True(SignalNames.TryParse(text, out var signal));
        Assert.Equal(number, signal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SIG")]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-9")]
    [InlineData("+9")]
    [InlineData("99999999999")]
    [InlineData("TERMINATE")]
    [InlineData("SIGSIGTERM")]
    [InlineData(" TERM")]
    [InlineData("RTMIN-1")]
    [InlineData("RTMIN+31")]
    [InlineData("RTMIN+")]
    [InlineData("RTMIN+99999999999")]
    [InlineData("RTMAX+1")]
    [InlineData("RTMAX-31")]
    public void What_is_no_signal_is_none(string text) => Assert.False(SignalNames.TryParse(text, out _));
}
