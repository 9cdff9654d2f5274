using System.Runtime.InteropServices;

namespace Levity.Logs.Tests.Fixtures;

/// <summary>Makes named pipes: mkfifo(3).</summary>
internal static partial class NamedPipe
{
    public static void Create(string path) => Assert.Equal(0, mkfifo(path, 0b110_000_000));

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, uint mode);
}
