using System.Buffers;
using System.Buffers.Text;
using Levity.Linux;

namespace Levity.Processes.Cgroups;

/// <summary>
/// The files of a control group that have one number, or lines of a name and a number: cgroup-v2.rst, "Flat keyed". A
/// missing one is one of a controller that is not there.
/// </summary>
internal static class KernelNumbers
{
    /// <summary>The file's number; null when there is no such file, or it says "max".</summary>
    internal static long? TryRead(string path) => TryReadAll(path) is { } content && TryParse(content.Span, out var number)
        ? number
        : null;

    /// <summary>The numbers that stand beside some names; null for those that are not there.</summary>
    internal static long?[] TryRead(string path, params ReadOnlySpan<string> names)
    {
        var numbers = new long?[names.Length];
        if (TryReadAll(path) is not { } content)
        {
            return numbers;
        }

        foreach (var range in content.Span.Split((byte)'\n'))
        {
            var line = content.Span[range];
            var nameEnd = line.IndexOf((byte)' ');
            for (var i = 0; nameEnd > 0 && i < names.Length; i++)
            {
                if (System.Text.Ascii.Equals(line[..nameEnd], names[i]) && TryParse(line[(nameEnd + 1)..], out var number))
                {
                    numbers[i] = number;
                }
            }
        }

        return numbers;
    }

    private static ReadOnlyMemory<byte>? TryReadAll(string path)
    {
        var content = new ArrayBufferWriter<byte>();
        try
        {
            return KernelFile.TryRead(path, content) ? content.WrittenMemory : null;
        }
        catch (LinuxException)
        {
            // Out of descriptors, say: nothing that a task's end could wait for.
            return null;
        }
    }

    // The kernel's are unsigned.
    private static bool TryParse(ReadOnlySpan<byte> text, out long number)
    {
        var isNumber = Utf8Parser.TryParse(text, out ulong value, out _);
        number = (long)Math.Min(value, long.MaxValue);
        return isNumber;
    }
}
