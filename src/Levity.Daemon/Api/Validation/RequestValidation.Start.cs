using System.Text;
using Levity.Daemon.Tasks;
using Levity.Protocol;

namespace Levity.Daemon.Api.Validation;

internal static partial class RequestValidation
{
    private const int LongestKey = 128;

    public static void Check(StartTaskRequest request)
    {
        CheckPath("binary", request.Binary);
        for (var i = 0; i < request.Args.Count; i++)
        {
            CheckString($"args[{i}]", request.Args[i], LongestString);
        }

        if (request.HasWorkingDir)
        {
            CheckPath("working_dir", request.WorkingDir);
            if (request.WorkingDir[0] != '/')
            {
                throw RpcErrors.Invalid("working_dir", $"{RpcErrors.Quote(request.WorkingDir)} is not an absolute path");
            }
        }

        foreach (var (name, value) in request.Environment)
        {
            CheckVariable(name, value);
        }

        if (request.HasRequestKey)
        {
            CheckKey(request.RequestKey);
        }

        if (request.HasName)
        {
            CheckName("name", request.Name);
        }

        CheckLabels(request.Labels);

        CheckBounds(request);
        if (request.Limits is { } limits)
        {
            Check(limits);
        }

        if (request.Terminal is { } terminal)
        {
            CheckTerminal(terminal);
        }
    }

    private static void CheckVariable(string name, string value)
    {
        var quoted = RpcErrors.Quote(name);
        if (name.Length == 0)
        {
            throw RpcErrors.Invalid("environment", "a variable has an empty name");
        }

        if (name.Contains('='))
        {
            throw RpcErrors.Invalid("environment", $"the name {quoted} has a '='");
        }

        if (name == TaskEnvironment.IdVariable)
        {
            throw RpcErrors.Invalid("environment", $"{name} is set by levityd");
        }

        CheckString($"environment name {quoted}", name, LongestString - 1);

        // The value itself may be a secret: never echoed. The limit holds for NAME=VALUE as a whole.
        CheckString($"environment[{quoted}]", value, LongestString - 1 - Encoding.UTF8.GetByteCount(name));
    }

    private static void CheckKey(string key)
    {
        if (key.Length == 0)
        {
            throw RpcErrors.Invalid("request_key", "is empty: leave it out, or give each start one of its own");
        }

        if (Encoding.UTF8.GetByteCount(key) is var length && length > LongestKey)
        {
            throw RpcErrors.Invalid("request_key", $"has {length} bytes; at most {LongestKey} are possible");
        }

        if (key.Any(char.IsControl))
        {
            throw RpcErrors.Invalid("request_key", $"{RpcErrors.Quote(key)} has a control character");
        }
    }
}
