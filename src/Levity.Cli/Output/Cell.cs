namespace Levity.Cli.Output;

/// <summary>What is in one place of a table.</summary>
/// <param name="Text">As it is to be read.</param>
/// <param name="Tone">What it means, for a terminal that has colors.</param>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string text) => new(text);
}

/// <summary>Few, so that what is colored is what to look at.</summary>
internal enum Tone
{
    Plain,
    Good,
    Changing,
    Bad,
}
