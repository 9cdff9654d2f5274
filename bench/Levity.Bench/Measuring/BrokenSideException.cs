namespace Levity.Bench.Measuring;

/// <summary>
/// One side did not do what was to be measured, so that there is no number. The message says what it did.
/// </summary>
internal sealed class BrokenSideException(string message, Exception? inner = null) : Exception(message, inner);
