using Levity.Linux;
using Levity.Logs.Tests.Fixtures;

namespace Levity.Logs.Tests;

/// <summary>Nobody else may read a log, and nobody is led anywhere else through one.</summary>
public sealed class LogProtectionTests : IDisposable
{
    private readonly TemporaryDirectory _logs = new();

    private string Segment => Path.Combine(_logs["a"], TestLogs.FirstSegment);

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void Whatever_the_umask_a_log_is_its_users_own()
    {
        // The mask is the whole process's: what other tests make meanwhile is in directories that are closed.
        var mask = ProcessUmask.Set(0);
        try
        {
            using var writer = LogWriter.Create(_logs["a"]);
        }
        finally
        {
            ProcessUmask.Set(mask);
        }

        const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(own | UnixFileMode.UserExecute, File.GetUnixFileMode(_logs["a"]));
        Assert.Equal(own, File.GetUnixFileMode(Segment));
    }

    [Fact]
    public void A_link_in_the_place_of_the_directory_is_refused()
    {
        NewLog("real");
        Directory.CreateSymbolicLink(_logs["a"], _logs["real"]);

        Assert.Equal(Errno.EEXIST, Refusal(() => LogWriter.Create(_logs["a"])));
        Assert.Equal(Errno.ENOTDIR, Refusal(() => LogWriter.Reopen(_logs["a"])));
        Assert.Equal(Errno.ENOTDIR, Refusal(() => LogReader.Open(_logs["a"], default, out _)));
        Assert.Equal(Errno.ENOTDIR, Refusal(() => LogSeal.TryRead(_logs["a"], out _)));
        Assert.Equal(Errno.ENOTDIR, Refusal(() => LogDirectory.Delete(_logs["a"])));
        Assert.Equal("x", TestLogs.ReadAll(_logs["real"])[0].Payload);
    }

    [Fact]
    public void A_dangling_link_is_not_followed_to_make_a_log()
    {
        Directory.CreateSymbolicLink(_logs["a"], _logs["elsewhere"]);

        Assert.Equal(Errno.EEXIST, Refusal(() => LogWriter.Create(_logs["a"])));
        Assert.False(Path.Exists(_logs["elsewhere"]));
    }

    [Fact]
    public void A_link_in_the_place_of_the_segment_is_refused()
    {
        NewLog("real");
        Directory.CreateDirectory(_logs["a"]);
        File.CreateSymbolicLink(Segment, Path.Combine(_logs["real"], TestLogs.FirstSegment));

        Assert.Equal(Errno.ELOOP, Refusal(() => LogWriter.Reopen(_logs["a"])));
        Assert.Equal(Errno.ELOOP, Refusal(() => LogReader.Open(_logs["a"], default, out _)));
        Assert.Equal(Errno.ELOOP, Refusal(() => LogSeal.TryRead(_logs["a"], out _)));
    }

    [Fact]
    public void A_writer_that_opens_its_file_again_follows_no_link()
    {
        NewLog("other");
        var other = Path.Combine(_logs["other"], TestLogs.FirstSegment);
        var before = File.ReadAllBytes(other);
        using var writer = LogWriter.Create(_logs["a"]);
        writer.ReleaseFile();
        File.Delete(Segment);
        File.CreateSymbolicLink(Segment, other);

        Assert.Equal(Errno.ELOOP, writer.Append(LogStream.Stdout, "x").Errno);
        Assert.Equal(before, File.ReadAllBytes(other));
    }

    [Fact]
    public void A_writer_does_not_write_into_another_log_in_the_place_of_its_own()
    {
        NewLog("other");
        using var writer = LogWriter.Create(_logs["a"]);
        writer.ReleaseFile();
        File.Copy(Path.Combine(_logs["other"], TestLogs.FirstSegment), Segment, overwrite: true);

        Assert.Equal(Errno.EIO, writer.Append(LogStream.Stdout, "y").Errno);
        Assert.Equal("x", TestLogs.ReadAll(_logs["a"])[0].Payload);
    }

    [Fact]
    public void A_pipe_or_a_directory_in_the_place_of_the_segment_is_refused_at_once()
    {
        Directory.CreateDirectory(_logs["a"]);
        NamedPipe.Create(Segment);
        Assert.Equal(Errno.EINVAL, Refusal(() => LogReader.Open(_logs["a"], default, out _)));
        Assert.Equal(Errno.EINVAL, Refusal(() => LogWriter.Reopen(_logs["a"])));

        File.Delete(Segment);
        Directory.CreateDirectory(Segment);
        Assert.Equal(Errno.EINVAL, Refusal(() => LogReader.Open(_logs["a"], default, out _)));
        Assert.Equal(0, _logs.OpenDescriptors());
    }

    private static int Refusal(Action action) => Assert.Throws<LinuxException>(action).Number;

    private void NewLog(string name)
    {
        using var writer = LogWriter.Create(_logs[name]);
        writer.Append(LogStream.Stdout, "x");
    }
}
