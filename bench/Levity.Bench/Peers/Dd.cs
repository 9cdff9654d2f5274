using Levity.Bench.Processes;

namespace Levity.Bench.Peers;

/// <summary>Bytes from nowhere through a pipe into a file, by dd(1): what capturing output comes down to.</summary>
internal static class Dd
{
    private const int BlockSize = 64 * 1024;

    /// <summary>The arguments of a dd that writes that many bytes to its standard output as fast as it can.</summary>
    public static string[] Source(long bytes) =>
        ["if=/dev/zero", "bs=64k", $"count={bytes / BlockSize}", "status=none"];

    /// <summary>`dd | dd of=FILE`, with a shell to join them.</summary>
    public static TimedCommand Into(string file, long bytes) => new(
        "/bin/sh", "-c", $"dd {string.Join(' ', Source(bytes))} | dd of=\"$0\" bs=64k status=none", file);
}
