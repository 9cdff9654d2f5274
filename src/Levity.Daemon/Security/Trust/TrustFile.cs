using System.Buffers;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Levity.Daemon.Security.Trust;

/// <summary>
/// A file that says whom to trust, as it was when it was last read. It may be replaced, or written anew in place, at any
/// time: what counts is its content, whatever its times, its inode and the links that lead to it say.
/// </summary>
internal sealed class TrustFile
{
    // Half a million revoked certificates; what is larger is not what it should be.
    private const int LargestSize = 16 * 1024 * 1024;

    private readonly bool _isReadOnce;
    private byte[] _content = [];
    private string? _problem;

    public TrustFile(string path)
    {
        Path = path;
        Read(out _isReadOnce);
    }

    public string Path { get; }

    /// <exception cref="InvalidCertificateException">It could not be read.</exception>
    public ReadOnlyMemory<byte> Content =>
        _problem is null ? _content : throw new InvalidCertificateException(_problem);

    /// <inheritdoc cref="Content"/>
    public string Text => Encoding.UTF8.GetString(Content.Span);

    /// <summary>Reads it again. A pipe, such as a shell's &lt;(…), has been read for good.</summary>
    /// <returns>Whether it says something else now.</returns>
    public bool ReadAgain()
    {
        return !_isReadOnce && Read(out _);
    }

    private bool Read(out bool isPipe)
    {
        isPipe = false;
        try
        {
            using var file = File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return TryLength(file) is { } length ? Read(file, length) : isPipe = ReadPipe(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Take([], $"cannot read '{Path}': {e.Message}");
        }
    }

    private bool Read(SafeFileHandle file, long length)
    {
        if (length > LargestSize)
        {
            return Take([], $"'{Path}' has {length} bytes, and {LargestSize} at most are read");
        }

        // Most of the time nothing is new, and nothing is kept.
        var room = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            var count = 0;
            while (count < length && RandomAccess.Read(file, room.AsSpan(count, (int)length - count), count) is > 0 and var more)
            {
                count += more;
            }

            return Take(room.AsSpan(0, count), problem: null);
        }
        finally
        {
            // It may have been a key.
            ArrayPool<byte>.Shared.Return(room, clearArray: true);
        }
    }

    private bool ReadPipe(SafeFileHandle file)
    {
        using var stream = new FileStream(file, FileAccess.Read, bufferSize: 0);
        using var all = new MemoryStream();
        stream.CopyTo(all);
        Take(all.ToArray(), problem: null);
        return true;
    }

    private bool Take(ReadOnlySpan<byte> content, string? problem)
    {
        if (problem == _problem && content.SequenceEqual(_content))
        {
            return false;
        }

        (_content, _problem) = (content.ToArray(), problem);
        return true;
    }

    // Null for what has none, and so cannot be read twice.
    private static long? TryLength(SafeFileHandle file)
    {
        try
        {
            return RandomAccess.GetLength(file);
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }
}
