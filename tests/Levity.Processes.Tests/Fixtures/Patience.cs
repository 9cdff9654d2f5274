namespace Levity.Processes.Tests.Fixtures;

/// <summary>How long a test waits for what is sure to come.</summary>
internal static class Patience
{
    public const int Milliseconds = 30_000;

    public static void Until(Func<bool> condition, string otherwise) =>
        Assert.True(SpinWait.SpinUntil(condition, Milliseconds), otherwise);
}
