using System.Text;

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
        _isReadOnce = !Read(path, out _content, out _problem);
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
        if (_isReadOnce)
        {
            return false;
        }

        Read(Path, out var content, out var problem);
        var isSame = problem == _problem && content.AsSpan().SequenceEqual(_content);
        (_content, _problem) = (content, problem);
        return !isSame;
    }

    /// <returns>False for what could not be read a second time.</returns>
    private static bool Read(string path, out byte[] content, out string? problem)
    {
        (content, problem) = ([], null);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
            if (!stream.CanSeek)
            {
                using var all = new MemoryStream();
                stream.CopyTo(all);
                content = all.ToArray();
                return false;
            }

            if (stream.Length > LargestSize)
            {
                problem = $"'{path}' has {stream.Length} bytes, and {LargestSize} at most are read";
                return true;
            }

            content = new byte[stream.Length];
            var count = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            Array.Resize(ref content, count);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            (content, problem) = ([], $"cannot read '{path}': {e.Message}");
        }

        return true;
    }
}
