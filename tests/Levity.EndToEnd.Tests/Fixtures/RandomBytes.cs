using System.Security.Cryptography;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>What the verb <c>random</c> of <see cref="ChildProgram"/> writes.</summary>
internal static class RandomBytes
{
    /// <summary>The SHA-256 of so many of them.</summary>
    public static string Hash(int count, int seed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var random = new Random(seed);
        var buffer = new byte[65_536];
        for (var rest = count; rest > 0; rest -= buffer.Length)
        {
            var part = buffer.AsSpan(0, Math.Min(rest, buffer.Length));
            random.NextBytes(part);
            hash.AppendData(part);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    public static string Hash(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));
}
