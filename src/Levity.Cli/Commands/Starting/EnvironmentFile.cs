using System.Text;
using Levity.Protocol;

namespace Levity.Cli.Commands.Starting;

/// <summary>
/// Variables in a file, in docker's format (docs.docker.com, "docker run", --env-file): <c>NAME=VALUE</c> or <c>NAME</c> on
/// a line; a line that begins with # is a comment. Values are as they stand: no quotes, no escapes, no $NAME.
/// </summary>
internal static class EnvironmentFile
{
    // More than a request can have; /dev/zero ends there, too.
    private const int Longest = 4 * 1024 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="file">Its name; a pipe is good as well.</param>
    /// <param name="define">Gets each variable, in the file's order; its value is null where only the name is there.</param>
    /// <exception cref="CommandException">It cannot be read, or a line is none; says which.</exception>
    public static void Read(string file, Action<string, string?> define)
    {
        ReadOnlySpan<byte> rest = ReadAll(file);
        if (rest.StartsWith(Encoding.UTF8.Preamble))
        {
            rest = rest[Encoding.UTF8.Preamble.Length..];
        }

        for (var number = 1; !rest.IsEmpty; number++)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            Define(TextOf(line, file, number), file, number, define);
        }
    }

    private static void Define(string line, string file, int number, Action<string, string?> define)
    {
        line = line.TrimStart();
        if (line is "" or ['#', ..])
        {
            return;
        }

        var equals = line.IndexOf('=');
        var name = equals < 0 ? line : line[..equals];
        var problem = name.Length == 0 ? "it has no name before the '='"
            : name.Any(char.IsWhiteSpace) ? $"the name '{name}' has a space in it"
            : line.Contains('\0') ? "it has a NUL byte in it"
            : null;
        if (problem is not null)
        {
            throw Unusable(file, number, problem);
        }

        define(name, equals < 0 ? null : line[(equals + 1)..]);
    }

    private static string TextOf(ReadOnlySpan<byte> line, string file, int number)
    {
        try
        {
            return Utf8.GetString(line is [.., (byte)'\r'] ? line[..^1] : line);
        }
        catch (DecoderFallbackException)
        {
            throw Unusable(file, number, "it is not UTF-8");
        }
    }

    private static byte[] ReadAll(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            using var bytes = new MemoryStream();
            var buffer = new byte[64 * 1024];
            while (stream.Read(buffer) is > 0 and var count)
            {
                bytes.Write(buffer, 0, count);
                if (bytes.Length > Longest)
                {
                    throw new CommandException(
                        $"the file of variables '{file}' (--env-file) is longer than {Longest} bytes, more than a start can have");
                }
            }

            return bytes.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException($"cannot read the file of variables '{file}' (--env-file): {FileFailure.Of(e, file)}", e);
        }
    }

    private static CommandException Unusable(string file, int number, string problem) =>
        new($"{file}:{number} (--env-file) is no variable: {problem}; write NAME=VALUE, NAME, or # and a comment");
}
