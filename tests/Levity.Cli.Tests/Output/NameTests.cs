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
    [InlineData(34, "signal 34")]
    public void Signals_have_the_names_of_the_manual(int number, string description) =>
        Assert.Equal(description, SignalNames.Describe(number));
}
