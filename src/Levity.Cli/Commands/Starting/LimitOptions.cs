using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Levity.Protocol;

namespace Levity.Cli.Commands.Starting;

/// <summary>What all processes of a new task may use together.</summary>
internal sealed class LimitOptions
{
    private const int MillisPerProcessor = 1000;

    private readonly Option<long?> _memory = new("--mem", "-m")
    {
        HelpName = "SIZE",
        Description = "How much memory its processes may have, as 512M or 2G.",
        CustomParser = ParseSize,
    };

    private readonly Option<long?> _cpus = new("--cpus")
    {
        HelpName = "N",
        Description = "How many processors they may keep busy, as 1.5.",
        CustomParser = ParseProcessors,
    };

    private readonly Option<long?> _processes = new("--pids-limit")
    {
        HelpName = "N",
        Description = "How many processes and threads there may be.",
        CustomParser = ParseCount,
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_memory);
        command.Options.Add(_cpus);
        command.Options.Add(_processes);
    }

    public void ReadInto(StartTaskRequest request, ParseResult parsed)
    {
        var limits = new ResourceLimits
        {
            MemoryBytes = parsed.GetValue(_memory) ?? 0,
            CpuMillis = parsed.GetValue(_cpus) ?? 0,
            Processes = parsed.GetValue(_processes) ?? 0,
        };
        request.Limits = limits.Equals(new ResourceLimits()) ? null : limits;
    }

    // What is possible the server knows; zero would be none there.
    private static long? ParseSize(ArgumentResult result) =>
        ByteSize.TryParse(result.Tokens[0].Value, out var bytes) && bytes > 0
            ? (long)bytes
            : Refuse(result, "--mem wants a size above zero, such as 512M or 2G");

    private static long? ParseProcessors(ArgumentResult result) =>
        decimal.TryParse(
            result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var processors)
        && processors is >= 0.01m and <= 10_000
            ? (long)(processors * MillisPerProcessor)
            : Refuse(result, "--cpus wants a number of processors from 0.01 to 10000, such as 1.5");

    private static long? ParseCount(ArgumentResult result) =>
        int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : Refuse(result, "--pids-limit wants a number of processes above zero");

    private static long? Refuse(ArgumentResult result, string wanted)
    {
        result.AddError($"{wanted}, and '{result.Tokens[0].Value}' is none");
        return null;
    }
}
