namespace Levity.Manual;

/// <summary>A page of the manual.</summary>
/// <param name="Name">Such as levity-start.</param>
/// <param name="Section">1 for commands, 8 for those of administrators.</param>
/// <param name="Text">It, in roff.</param>
internal sealed record ManualPage(string Name, int Section, string Text)
{
    public string File => $"{Name}.{Section}";
}
