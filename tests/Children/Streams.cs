namespace Levity.Children;

/// <summary>Verbs that write much.</summary>
internal static class Streams
{
    private const int BufferSize = 65_536;
    private const int LineLength = 64;

    public static int Flood(long count)
    {
        var lines = new byte[BufferSize];
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = (byte)(i % LineLength == LineLength - 1 ? '\n' : 'a' + i / LineLength % 26);
        }

        return Write(count, _ => lines);
    }

    public static int Random(long count, int seed)
    {
        var buffer = new byte[BufferSize];
        var random = new Random(seed);
        return Write(count, length =>
        {
            random.NextBytes(buffer.AsSpan(0, length));
            return buffer;
        });
    }

    private static int Write(long count, Func<int, byte[]> next)
    {
        using var output = Console.OpenStandardOutput();
        while (count > 0)
        {
            var length = (int)Math.Min(count, BufferSize);
            output.Write(next(length), 0, length);
            count -= length;
        }

        return 0;
    }
}
