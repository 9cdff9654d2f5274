using Levity.Linux;

namespace Levity.Processes;

/// <summary>
/// Finds the file of a command that is a bare name as execvp(3) does, but in the PATH and the working directory of the
/// task: ours are never looked at.
/// </summary>
internal static class CommandResolver
{
    /// <summary>Finds the file to execute.</summary>
    /// <param name="spec">The process to be started.</param>
    /// <param name="workingDirectory">Its working directory, where relative paths begin.</param>
    /// <param name="path">The file, absolute or relative to the working directory.</param>
    /// <returns>0, ENOENT, or EACCES when there were only files of that name that may not be executed.</returns>
    internal static int Resolve(
        ProcessSpec spec, SafeFileDescriptor workingDirectory, out ReadOnlyMemory<byte> path)
    {
        path = spec.Binary;
        var name = spec.Binary.Span;
        if (name.IsEmpty)
        {
            return Errno.ENOENT;
        }

        // With a slash it is a path, and the kernel knows best what is wrong with it.
        return name.Contains((byte)'/') ? 0 : Search(name, SearchPathOf(spec), workingDirectory, out path);
    }

    private static int Search(
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> searchPath,
        SafeFileDescriptor workingDirectory,
        out ReadOnlyMemory<byte> path)
    {
        path = default;
        var outcome = Errno.ENOENT;
        foreach (var range in searchPath.Split((byte)':'))
        {
            var candidate = Join(searchPath[range], name);
            var errno = ExecutableFile.Check(workingDirectory, candidate);
            switch (errno)
            {
                case 0:
                    path = candidate;
                    return 0;
                case Errno.EACCES:
                    outcome = Errno.EACCES;
                    break;
                case Errno.ENOENT or Errno.ENOTDIR or Errno.ENODEV or Errno.ESTALE or Errno.ETIMEDOUT:
                    break;
                default:
                    return errno;
            }
        }

        return outcome;
    }

    // An empty element is the working directory.
    private static byte[] Join(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> name) =>
        directory.IsEmpty ? name.ToArray() : [.. directory, (byte)'/', .. name];

    private static ReadOnlySpan<byte> SearchPathOf(ProcessSpec spec)
    {
        for (var i = 0; i < spec.Environment.Count; i++)
        {
            var variable = spec.Environment[i].Span;
            if (variable.StartsWith("PATH="u8))
            {
                return variable["PATH=".Length..];
            }
        }

        // What execvp(3) uses without a PATH: confstr(3), _CS_PATH.
        return "/bin:/usr/bin"u8;
    }
}
