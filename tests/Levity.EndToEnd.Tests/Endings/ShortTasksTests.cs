using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Endings;

/// <summary>Thousands of tasks at once.</summary>
[Trait("Load", "heavy")]
public sealed class ShortTasksTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public Task Each_of_5000_ends_with_its_own_code_signal_and_output() =>
        ShortTasks.AllEndAsTheyShouldAsync(shared.Server.Client(), 5_000);
}
