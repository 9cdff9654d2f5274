using System.Text;
using Levity.Protocol;

namespace Levity.Daemon.Api.Validation;

internal static partial class RequestValidation
{
    private const int LongestInput = 65_536;
    private const int LongestWriter = 64;
    private const int LongestTerminalType = 64;

    /// <summary>The first message of a stream; its task is looked for elsewhere.</summary>
    public static void CheckFirst(AttachTaskRequest request)
    {
        if (Encoding.UTF8.GetByteCount(request.Writer) is var length && length > LongestWriter)
        {
            throw RpcErrors.Invalid("writer", $"has {length} bytes; at most {LongestWriter} are possible");
        }

        if (request.Writer.Any(char.IsControl))
        {
            throw RpcErrors.Invalid("writer", $"{RpcErrors.Quote(request.Writer)} has a control character");
        }
    }

    /// <summary>What every message of a stream may have.</summary>
    /// <param name="hasTerminal">Whether its task does.</param>
    public static void Check(AttachTaskRequest request, bool isFirst, bool hasTerminal)
    {
        if (!isFirst && (request.TaskId is not null || request.Writer.Length > 0))
        {
            throw RpcErrors.Invalid(
                request.TaskId is not null ? "task_id" : "writer", "belongs into the first message of the stream, and this is another");
        }

        if (request.Input is { Data.Length: > LongestInput and var length })
        {
            throw RpcErrors.Invalid("input.data", $"has {length} bytes; at most {LongestInput} go into one message");
        }

        if (request.Size is not null && !hasTerminal)
        {
            throw RpcErrors.Invalid("size", "is that of a terminal, and the task was started without one");
        }

        CheckSize("size", request.Size);
    }

    private static void CheckTerminal(Terminal terminal)
    {
        CheckSize("terminal.size", terminal.Size);
        if (terminal.Type.Length > LongestTerminalType || !terminal.Type.All(IsOfTerminalType))
        {
            throw RpcErrors.Invalid(
                "terminal.type",
                $"{RpcErrors.Quote(terminal.Type)} is not made of 1 to {LongestTerminalType} letters, digits and any of -_.+");
        }
    }

    private static void CheckSize(string field, TerminalSize? size)
    {
        if (size is not null and not { Rows: > 0 and <= ushort.MaxValue, Columns: > 0 and <= ushort.MaxValue })
        {
            throw RpcErrors.Invalid(
                field, $"{size.Rows} rows and {size.Columns} columns are not from 1 to {ushort.MaxValue} each");
        }
    }

    private static bool IsOfTerminalType(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+';
}
