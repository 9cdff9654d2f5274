namespace Levity.Logs;

/// <summary>What a writer could not write.</summary>
/// <param name="LostBytes">Bytes of output, all of them.</param>
/// <param name="OwedBytes">Those of them that no gap in the log tells of yet.</param>
public readonly record struct LogDebt(ulong LostBytes, ulong OwedBytes);
