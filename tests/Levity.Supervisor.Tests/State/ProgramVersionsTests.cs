using Levity.Protocol.Supervisor;
using Levity.Supervisor.State;

namespace Levity.Supervisor.Tests.State;

public sealed class ProgramVersionsTests
{
    [Fact]
    public void What_is_told_is_understood() =>
        Assert.Equal(ProgramVersions.Own, ProgramVersions.TryParse(ProgramVersions.ToText(ProgramVersions.Own)));

    [Fact]
    public void This_program_speaks_and_reads_what_it_writes()
    {
        Assert.True(ProgramVersions.ProtocolOf(ProgramVersions.Own).Contains(ControlProtocol.Version));
        Assert.True(ProgramVersions.HandOver.Contains(1));
    }

    [Fact]
    public void Lines_that_a_later_release_adds_are_passed_over() => Assert.Equal(
        new ProgramVersion
        {
            Version = "9.0.0",
            OldestProtocolVersion = 1,
            NewestProtocolVersion = 4,
            OldestStateVersion = 2,
            NewestStateVersion = 3,
        },
        ProgramVersions.TryParse("version 9.0.0\ncolour blue\nprotocol 1 4\nstate 2 3\n"));

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("version 1\nprotocol 1 1\n")]
    [InlineData("version 1\nstate 1 1\n")]
    [InlineData("protocol 1 1\nstate 1 1\n")]
    [InlineData("version \nprotocol 1 1\nstate 1 1\n")]
    [InlineData("version 1\nprotocol 1\nstate 1 1\n")]
    [InlineData("version 1\nprotocol 0 1\nstate 1 1\n")]
    [InlineData("version 1\nprotocol 2 1\nstate 1 1\n")]
    [InlineData("version 1\nprotocol 1 1\nstate -1 1\n")]
    [InlineData("version 1\nprotocol 1 1\nstate 1 4294967296\n")]
    [InlineData("version 1\nprotocol 1 1\nstate one 1\n")]
    public void Anything_else_is_no_levity_supervisor(string text) => Assert.Null(ProgramVersions.TryParse(text));
}
