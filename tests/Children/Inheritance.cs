using System.Globalization;

namespace Levity.Children;

/// <summary>Verbs that tell what the process was started with, byte for byte: .NET's own view of it is text.</summary>
internal static class Inheritance
{
    // linux/fcntl.h, in octal as /proc/PID/fdinfo has it.
    private const int CloseOnExec = 0x80000;

    public static int EchoArguments()
    {
        // Without the program's name and the verb.
        const int skipped = 2;
        var arguments = File.ReadAllBytes("/proc/self/cmdline").AsSpan();
        for (var i = 0; i < skipped; i++)
        {
            arguments = arguments[(arguments.IndexOf((byte)0) + 1)..];
        }

        return PrintLines(arguments.ToArray());
    }

    public static int PrintEnvironment() => PrintLines(File.ReadAllBytes("/proc/self/environ"));

    public static int PrintWorkingDirectory()
    {
        Console.WriteLine(Environment.CurrentDirectory);
        return 0;
    }

    public static int PrintDescriptors()
    {
        // Those that are closed by exec were opened by the runtime: none of them can have come through one.
        foreach (var path in Directory.GetFiles("/proc/self/fdinfo").Order(StringComparer.Ordinal))
        {
            var flags = File.ReadLines(path)
                .Where(line => line.StartsWith("flags:", StringComparison.Ordinal))
                .Select(line => Convert.ToInt32(line["flags:".Length..].Trim(), 8))
                .Single();
            if ((flags & CloseOnExec) == 0)
            {
                Console.WriteLine(Path.GetFileName(path).ToString(CultureInfo.InvariantCulture));
            }
        }

        return 0;
    }

    private static int PrintLines(byte[] strings)
    {
        strings.AsSpan().Replace((byte)0, (byte)'\n');
        using var output = Console.OpenStandardOutput();
        output.Write(strings);
        return 0;
    }
}
