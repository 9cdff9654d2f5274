using System.Text;
using Google.Protobuf;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tasks;

/// <summary>
/// What every task starts from: a clean environment, never levityd's own, with what the request gave on top.
/// </summary>
internal sealed class TaskEnvironment(string home, string user)
{
    public const string IdVariable = "LEVITY_TASK_ID";

    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>For tasks that run as the user that levityd runs as.</summary>
    public static TaskEnvironment OfThisUser()
    {
        // Not from HOME and USER: those are whatever the caller of levityd had.
        var entry = File.Exists("/etc/passwd") ? FindPasswdEntry(Environment.UserName) : null;
        return new TaskEnvironment(entry?[5] is { Length: > 0 } home ? home : "/", Environment.UserName);
    }

    /// <summary>The request as the supervisor wants it: bytes, and nothing left to be looked up here.</summary>
    public StartChild Prepare(TaskId id, StartTaskRequest request)
    {
        var start = new StartChild
        {
            TaskId = id.ToString(),
            Binary = Bytes(request.Binary),
            WorkingDir = Bytes(request.HasWorkingDir ? request.WorkingDir : home),
            Argv = { Bytes(request.Binary) },
        };
        start.Argv.AddRange(request.Args.Select(Bytes));

        var variables = new Dictionary<string, string>
        {
            ["PATH"] = DefaultPath,
            ["HOME"] = home,
            ["USER"] = user,
            ["LANG"] = "C.UTF-8",
        };
        foreach (var (name, value) in request.Environment)
        {
            variables[name] = value;
        }

        variables[IdVariable] = id.ToString();
        start.Environment.AddRange(variables.Select(v => Bytes($"{v.Key}={v.Value}")));
        return start;
    }

    // passwd(5): name:password:uid:gid:comment:home:shell
    private static string[]? FindPasswdEntry(string name) => File.ReadLines("/etc/passwd")
        .Select(line => line.Split(':'))
        .FirstOrDefault(fields => fields.Length >= 7 && fields[0] == name);

    private static ByteString Bytes(string text) => UnsafeByteOperations.UnsafeWrap(Encoding.UTF8.GetBytes(text));
}
