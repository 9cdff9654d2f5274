using Google.Protobuf;
using Grpc.Core;
using Levity.Daemon.Api.Validation;
using Levity.Protocol;

namespace Levity.Daemon.Tests.Api.Validation;

public sealed class AttachValidationTests
{
    private const uint Largest = 65_535;

    [Fact]
    public void A_writers_name_is_short_and_plain()
    {
        RequestValidation.CheckFirst(new AttachTaskRequest { Writer = new string('w', 64) });

        AssertRefused("writer", () => RequestValidation.CheckFirst(new AttachTaskRequest { Writer = new string('w', 65) }));
        AssertRefused("writer", () => RequestValidation.CheckFirst(new AttachTaskRequest { Writer = "a\u001b[2J" }));
    }

    [Fact]
    public void What_belongs_into_the_first_message_is_refused_in_another()
    {
        AssertRefused("task_id", () => Check(new AttachTaskRequest { TaskId = new TaskHandle() }));
        AssertRefused("writer", () => Check(new AttachTaskRequest { Writer = "w" }));
    }

    [Fact]
    public void And_passes_there() => RequestValidation.Check(
        new AttachTaskRequest { TaskId = new TaskHandle(), Writer = "w" }, isFirst: true, hasTerminal: false);

    [Fact]
    public void The_longest_input_passes_and_a_longer_one_does_not()
    {
        Check(new AttachTaskRequest { Input = new InputChunk { Data = ByteString.CopyFrom(new byte[65_536]) } });

        AssertRefused("input.data", () => Check(
            new AttachTaskRequest { Input = new InputChunk { Data = ByteString.CopyFrom(new byte[65_537]) } }));
    }

    [Fact]
    public void A_size_is_for_a_terminal() => AssertRefused("size", () => RequestValidation.Check(
        new AttachTaskRequest { Size = new TerminalSize { Rows = 1, Columns = 1 } }, isFirst: true, hasTerminal: false));

    [Theory]
    [InlineData(1u, 1u, true)]
    [InlineData(Largest, Largest, true)]
    [InlineData(0u, 80u, false)]
    [InlineData(24u, 0u, false)]
    [InlineData(Largest + 1, 80u, false)]
    [InlineData(24u, uint.MaxValue, false)]
    public void A_size_is_one_that_a_terminal_can_have(uint rows, uint columns, bool passes)
    {
        var size = new TerminalSize { Rows = rows, Columns = columns };
        Action attach = () => Check(new AttachTaskRequest { Size = size });
        Action start = () => RequestValidation.Check(
            new StartTaskRequest { Binary = "sh", Terminal = new Terminal { Size = size } });
        if (passes)
        {
            attach();
            start();
        }
        else
        {
            AssertRefused("size", attach);
            AssertRefused("terminal.size", start);
        }
    }

    [Theory]
    [InlineData("xterm-256color", true)]
    [InlineData("screen.xterm+a_b", true)]
    [InlineData("", true)]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123", true)]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234", false)]
    [InlineData("x\0y", false)]
    [InlineData("a=b", false)]
    [InlineData("../x", false)]
    [InlineData("t\u00e4rm", false)]
    [InlineData("x\n", false)]
    public void A_type_of_a_terminal_is_a_plain_name(string type, bool passes)
    {
        Action start = () => RequestValidation.Check(
            new StartTaskRequest { Binary = "sh", Terminal = new Terminal { Type = type } });
        if (passes)
        {
            start();
        }
        else
        {
            AssertRefused("terminal.type", start);
        }
    }

    private static void Check(AttachTaskRequest request) => RequestValidation.Check(request, isFirst: false, hasTerminal: true);

    private static void AssertRefused(string field, Action check)
    {
        var refusal = Assert.Throws<RpcException>(check).Status;
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith($"{field}: ", refusal.Detail, StringComparison.Ordinal);
        Assert.Matches(": .{8,}", refusal.Detail);
    }
}
