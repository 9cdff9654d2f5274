namespace Levity.Cli.Completion;

/// <summary>A whole word that could stand where the cursor is, and what it is.</summary>
internal sealed record Candidate(string Word, string Description);
