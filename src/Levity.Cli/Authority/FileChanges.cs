using System.Security.Cryptography;

namespace Levity.Cli.Authority;

/// <summary>
/// Files that come into a directory all together or not at all, whatever ends this program meanwhile. They are written
/// and flushed in a directory of their own; one rename of that is the decision; then each takes its place. If we do not
/// get that far, whoever opens the directory next finishes it. The lock of the directory has to be held.
/// </summary>
/// <remarks>
/// Each file is new (O_EXCL) and takes its place by rename(2), so that no link that lies there is followed, and has its
/// mode from its creation on. What managed code cannot have is fsync(2) of a directory. In its stead each file is
/// flushed once more after its rename, which has changed the file's own ctime: so ext4, XFS and btrfs write the
/// rename down as well, and where they would not, the order of the renames still is kept.
/// </remarks>
internal sealed class FileChanges(string directory)
{
    public const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode Public = Secret | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    public const UnixFileMode OwnDirectory = Secret | UnixFileMode.UserExecute;

    private const string Undecided = ".new-";
    private const string Decided = ".decided";

    // Not to be guessed, so nobody can have put something there.
    private readonly string _staging = Path.Combine(directory, Undecided + RandomNumberGenerator.GetHexString(32, true));

    /// <summary>Has this file with the others, in place of one that may be there.</summary>
    public void Put(string name, string text, UnixFileMode mode)
    {
        var target = Path.Combine(directory, name);
        if (Directory.Exists(target))
        {
            throw new CommandException($"'{target}' is a directory, where a file has to go: move it away");
        }

        Directory.CreateDirectory(_staging, OwnDirectory);
        using var file = new FileStream(Path.Combine(_staging, name), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
        });
        using (var writer = new StreamWriter(file, leaveOpen: true))
        {
            writer.Write(text);
        }

        file.Flush(flushToDisk: true);
    }

    /// <summary>From here on the files will be there, although they may not be in their places yet.</summary>
    public void Decide() => Directory.Move(_staging, Path.Combine(directory, Decided));

    public void Abandon()
    {
        if (Directory.Exists(_staging))
        {
            Directory.Delete(_staging, recursive: true);
        }
    }

    /// <summary>Ends what an earlier program has begun: what it had decided is done, what it had not is gone.</summary>
    public static void Finish(string directory)
    {
        var decided = Path.Combine(directory, Decided);
        if (Directory.Exists(decided))
        {
            foreach (var path in Directory.GetFiles(decided))
            {
                using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
                File.Move(path, Path.Combine(directory, Path.GetFileName(path)), overwrite: true);
                RandomAccess.FlushToDisk(file);
            }

            Directory.Delete(decided);
        }

        foreach (var leftover in Directory.GetDirectories(directory, Undecided + "*"))
        {
            Directory.Delete(leftover, recursive: true);
        }
    }
}
