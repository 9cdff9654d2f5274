using System.Text;
using Google.Protobuf;
using Levity.Linux;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tasks;

/// <summary>
/// What every task starts from: a clean environment, never levityd's own, with what the request gave on top.
/// </summary>
internal sealed class TaskEnvironment
{
    public const string IdVariable = "LEVITY_TASK_ID";

    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private const string UsualTerminal = "xterm-256color";

    private readonly string _home;
    private readonly string _user;
    private readonly string _directory;
    private readonly Account? _account;

    public TaskEnvironment(string home, string user)
    {
        _home = home;
        _user = user;
        _directory = home;
    }

    // As another user than levityd.
    private TaskEnvironment(LoginAccount account)
        : this(account.Home, account.Name)
    {
        var (id, group, groups) = account.Credentials;
        _account = new Account { Uid = id, Gid = group, Groups = { groups } };

        // Accounts of services often have a home that nobody has made.
        _directory = Directory.Exists(account.Home) ? account.Home : "/";
    }

    public static TaskEnvironment Of(LoginAccount account) => account.Credentials.UserId == CurrentUser.EffectiveId
        ? new TaskEnvironment(account.Home, account.Name)
        : new TaskEnvironment(account);

    /// <summary>The request as the supervisor wants it: bytes, and nothing left to be looked up here.</summary>
    public StartChild Prepare(TaskId id, StartTaskRequest request)
    {
        var start = new StartChild
        {
            TaskId = id.ToString(),
            Binary = Bytes(request.Binary),
            WorkingDir = Bytes(request.HasWorkingDir ? request.WorkingDir : _directory),
            Argv = { Bytes(request.Binary) },
            Account = _account,
            Stdin = request.Stdin,
            Terminal = request.Terminal is { } terminal ? SizeOf(terminal) : null,
            Limits = LimitsOf(request.Limits),
        };
        start.Argv.AddRange(request.Args.Select(Bytes));

        var variables = new Dictionary<string, string>
        {
            ["PATH"] = DefaultPath,
            ["HOME"] = _home,
            ["USER"] = _user,
            ["LOGNAME"] = _user,
            ["LANG"] = "C.UTF-8",
        };
        if (request.Terminal is { Type: var type })
        {
            variables["TERM"] = type.Length > 0 ? type : UsualTerminal;
        }

        foreach (var (name, value) in request.Environment)
        {
            variables[name] = value;
        }

        variables[IdVariable] = id.ToString();
        start.Environment.AddRange(variables.Select(v => Bytes($"{v.Key}={v.Value}")));
        return start;
    }

    private static Protocol.Supervisor.TerminalSize SizeOf(Terminal terminal) => terminal.Size is { } size
        ? new() { Rows = size.Rows, Columns = size.Columns }
        : new() { Rows = 24, Columns = 80 };

    private static Limits? LimitsOf(ResourceLimits? limits) =>
        limits is null or { MemoryBytes: 0, CpuMillis: 0, Processes: 0 } ? null : new Limits
        {
            MemoryBytes = limits.MemoryBytes,
            CpuMillis = limits.CpuMillis,
            Processes = limits.Processes,
        };

    private static ByteString Bytes(string text) => UnsafeByteOperations.UnsafeWrap(Encoding.UTF8.GetBytes(text));
}
