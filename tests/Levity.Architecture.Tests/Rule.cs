namespace Levity.Architecture.Tests;

/// <summary>Reports the places where a rule of the design is broken, with what to do about them.</summary>
internal static class Rule
{
    public static void HasNoException(IEnumerable<string> violations, string advice)
    {
        var found = violations.ToList();
        if (found.Count > 0)
        {
            Assert.Fail($"{advice}\n  {string.Join("\n  ", found)}");
        }
    }
}
