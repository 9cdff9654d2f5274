namespace Levity.Fuzz;

/// <summary>What is to be so for each input.</summary>
internal static class Promise
{
    /// <exception cref="BrokenPromiseException">It is not.</exception>
    public static void Require(bool isKept, string otherwise)
    {
        if (!isKept)
        {
            throw new BrokenPromiseException(otherwise);
        }
    }
}

/// <summary>An input was taken otherwise than is promised.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
