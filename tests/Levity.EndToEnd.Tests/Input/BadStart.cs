using Grpc.Core;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Input;

/// <summary>A start that cannot be, and what the answer must be: the code, and the words that it has in it.</summary>
internal sealed record BadStart(StartTaskRequest Request, StatusCode Code, params string[] Says)
{
    // execve(2): MAX_ARG_STRLEN, with the NUL.
    private const int LongestArgument = 131_071;

    /// <summary>By name, for tests that have a case for each.</summary>
    /// <param name="directory">For the files that some are about.</param>
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
            new() { Binary = "true", Args = { Enumerable.Repeat(new string('x', 128 * 1024 - 1), 24) } }, "args", "E2BIG"),
        ["a command that is too long"] =
            Invalid(new() { Binary = new string('x', 4096) }, "binary", "4095"),
        ["an empty directory"] = Invalid(new() { Binary = "true", WorkingDir = "" }, "working_dir", "empty"),
        ["a relative directory"] = Invalid(new() { Binary = "true", WorkingDir = "tmp" }, "working_dir", "'tmp'"),

        ["a command that is not there"] = Failing("/no/such/command", "ENOENT", "/no/such/command"),
        ["a name that is in no PATH"] = Failing("no-such-command", "ENOENT", "no-such-command"),
        ["a path through a file"] = Failing("/etc/passwd/x", "ENOTDIR", "/etc/passwd/x"),
        ["a file without the right to be executed"] =
            Failing(MakeFile(directory, "plain", "#!/bin/sh\n", executable: false), "EACCES", $"{directory}/plain"),
        ["a directory"] = Failing(directory, "EACCES", directory),
        ["a file that is no program"] =
            Failing(MakeFile(directory, "text", "just text\n", executable: true), "ENOEXEC", $"{directory}/text"),
        ["a script without its interpreter"] =
            Failing(MakeFile(directory, "script", "#!/no/such/interpreter\n", executable: true), "ENOENT", $"{directory}/script"),
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

    private static BadStart Invalid(StartTaskRequest request, string field, string says) =>
        new(request, StatusCode.InvalidArgument, field, says);

    private static BadStart Failing(string binary, string errno, string path) =>
        new(new StartTaskRequest { Binary = binary }, StatusCode.FailedPrecondition, "binary", errno, path);

    private static StartTaskRequest With(string name, string value) =>
        new() { Binary = "true", Environment = { [name] = value } };

    private static string MakeFile(string directory, string name, string text, bool executable)
    {
        var path = Path.Combine(directory, name);
        using (var writer = new StreamWriter(path))
        {
            writer.Write(text);
        }

        File.SetUnixFileMode(
            path, UnixFileMode.UserRead | UnixFileMode.UserWrite | (executable ? UnixFileMode.UserExecute : 0));
        return path;
    }
}
