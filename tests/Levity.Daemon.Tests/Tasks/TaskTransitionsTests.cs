using Levity.Daemon.Registry;
using Levity.Daemon.Tasks;
using Levity.Protocol;

namespace Levity.Daemon.Tests.Tasks;

public sealed class TaskTransitionsTests
{
    // Columns: NotStarted Running Signalled Finished BrutallyKilled InternalServerError Lost
    [Theory]
    [InlineData("NotStarted", "- x x x x x x")]
    [InlineData("Running", "- - x x x x x")]
    [InlineData("Signalled", "- - - x x x x")]
    [InlineData("Finished", "- - - - - - -")]
    [InlineData("BrutallyKilled", "- - - - - - -")]
    [InlineData("InternalServerError", "- - - - - - -")]
    [InlineData("Lost", "- - - - - - -")]
    public void The_moves_are_these_and_no_others(string from, string row)
    {
        var allowed = Enum.GetValues<TaskState>()
            .Select(to => TaskTransitions.IsAllowed(Enum.Parse<TaskState>(from), to) ? "x" : "-");

        Assert.Equal(row, string.Join(' ', allowed));
    }

    [Fact]
    public void A_state_is_final_exactly_when_it_has_no_way_out() =>
        Assert.All(Enum.GetValues<TaskState>(), from => Assert.Equal(
            !Enum.GetValues<TaskState>().Any(to => TaskTransitions.IsAllowed(from, to)),
            TaskTransitions.IsFinal(from)));

    [Fact]
    public void Stored_states_and_sent_states_are_the_same_names_with_the_same_numbers() =>
        Assert.Equal(
            Enum.GetValues<TaskStatusCode>().Select(code => $"{code} = {(int)code}"),
            Enum.GetValues<TaskState>().Select(state => $"{state} = {(int)state}"));
}
