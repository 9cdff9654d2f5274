using Grpc.Core;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Input;

/// <summary>A start that cannot be, and what the answer must be: the code, and the words that it has in it.</summary>
internal sealed record BadStart(StartTaskRequest Request, StatusCode Code, params string[] Says)
{
    // execve(2): MAX_ARG_STRLEN, with the NUL.
    private const int LongestArgument = 131_071;

    /// <summary>By name, for tests that have a case for each.</summary>
    /// <param name="directory">Where the files are that some are about.</param>
    public static Dictionary<string, BadStart> All(string directory) => new()
    {
        ["NUL in the command"] = Invalid(new() { Binary = "tr\0ue" }, "binary", "NUL"),
        ["NUL in an argument"] = Invalid(new() { Binary = "echo", Args = { "a", "b\0c" } }, "args[1]", "NUL"),
        ["NUL in a variable's name"] = Invalid(With("A\0B", "c"), "environment", "NUL"),
        ["NUL in a variable's value"] = Invalid(With("A", "b\0c"), "environment['A']", "NUL"),
        ["NUL in the directory"] = Invalid(new() { Binary = "true", WorkingDir = "/tmp\0/x" }, "working_dir", "NUL"),
        ["no command"] = Invalid(new(), "binary", "empty"),
        ["an empty name of a variable"] = Invalid(With("", "a"), "environment", "empty"),
        ["'=' in a variable's name"] = Invalid(With("A=B", "c"), "environment", "'A=B'"),
        ["the variable that is ours"] = Invalid(With("LEVITY_TASK_ID", "x"), "environment", "LEVITY_TASK_ID"),
        ["a variable that is too long"] =
            Invalid(With("A", new string('x', LongestArgument - 1)), "environment['A']", "131069"),
        ["an argument that is too long"] = Invalid(
            new() { Binary = "true", Args = { new string('x', LongestArgument + 1) } }, "args[0]", "131071"),
        ["an argument whose bytes are too many"] = Invalid(
            new() { Binary = "true", Args = { new string('ü', LongestArgument / 2 + 1) } }, "args[0]", "131071"),
        ["arguments of 3 MiB"] = Invalid(
            new() { Binary = "true", Args = { Enumerable.Repeat(new string('x', LongestArgument), 24) } },
            "args", "E2BIG"),
        ["a command that is too long"] =
            Invalid(new() { Binary = new string('x', 4096) }, "binary", "4095"),
        ["an empty directory"] = Invalid(new() { Binary = "true", WorkingDir = "" }, "working_dir", "empty"),
        ["a relative directory"] = Invalid(new() { Binary = "true", WorkingDir = "tmp" }, "working_dir", "'tmp'"),

        ["an empty key"] = Invalid(new() { Binary = "true", RequestKey = "" }, "request_key", "empty"),
        ["a control character in the key"] = Invalid(new() { Binary = "true", RequestKey = "a\n" }, "request_key", "'a\\u000a'"),
        ["NUL in the key"] = Invalid(new() { Binary = "true", RequestKey = "\0" }, "request_key", "control"),
        ["a key that is too long"] =
            Invalid(new() { Binary = "true", RequestKey = new string('ü', 65) }, "request_key", "130"),

        ["a command that is not there"] = Failing("/no/such/command", "ENOENT"),
        ["a name that is in no PATH"] = Failing("no-such-command", "ENOENT"),
        ["a path through a file"] = Failing("/etc/passwd/x", "ENOTDIR"),
        ["a file without the right to be executed"] = Failing($"{directory}/plain", "EACCES"),
        ["a directory"] = Failing(directory, "EACCES"),
        ["a file that is no program"] = Failing($"{directory}/text", "ENOEXEC"),
        ["a script without its interpreter"] = Failing($"{directory}/script", "ENOENT"),
        ["a directory that is not there"] = new(
            new() { Binary = "true", WorkingDir = "/no/such/dir" },
            StatusCode.FailedPrecondition, "working_dir", "ENOENT", "/no/such/dir"),
        ["a directory that is a file"] = new(
            new() { Binary = "true", WorkingDir = "/etc/passwd" },
            StatusCode.FailedPrecondition, "working_dir", "ENOTDIR", "/etc/passwd"),

        ["a message of 5 MiB"] = new(
            new() { Binary = "true", Args = { Enumerable.Repeat(new string('x', 64 * 1024), 80) } },
            StatusCode.ResourceExhausted),
    };

    /// <summary>Makes the files that some are about.</summary>
    public static void MakeFiles(string directory)
    {
        const UnixFileMode readable = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        MakeFile($"{directory}/plain", "#!/bin/sh\n", readable);
        MakeFile($"{directory}/text", "just text\n", readable | UnixFileMode.UserExecute);
        MakeFile($"{directory}/script", "#!/no/such/interpreter\n", readable | UnixFileMode.UserExecute);
    }

    private static BadStart Invalid(StartTaskRequest request, string field, string says) =>
        new(request, StatusCode.InvalidArgument, field, says);

    private static BadStart Failing(string binary, string errno) =>
        new(new StartTaskRequest { Binary = binary }, StatusCode.FailedPrecondition, "binary", errno, binary);

    private static StartTaskRequest With(string name, string value) =>
        new() { Binary = "true", Environment = { [name] = value } };

    private static void MakeFile(string path, string text, UnixFileMode mode)
    {
        using (var writer = new StreamWriter(path))
        {
            writer.Write(text);
        }

        File.SetUnixFileMode(path, mode);
    }
}
