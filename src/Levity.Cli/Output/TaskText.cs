using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Levity.Protocol;

namespace Levity.Cli.Output;

/// <summary>A task for people: all there is to know, one <c>name: value</c> a line, and nothing for what is not known.</summary>
internal static class TaskText
{
    public static string Of(string id, QueryTaskResponse task) => Lines(Rows(id, task));

    /// <returns>Its name, or its id where it has none: either is good for every verb.</returns>
    public static string NameOf(string id, QueryTaskResponse task) => task.Name.Length > 0 ? task.Name : id;

    /// <summary>What a start would do.</summary>
    public static string Of(StartPlan plan)
    {
        // What was asked for, with what the server does where nothing was.
        var request = plan.Request.Clone();
        (request.WorkingDir, request.Grace, request.LogQuotaBytes) = (plan.WorkingDir, plan.Grace, plan.LogQuotaBytes);
        request.Environment.Add(plan.Environment);
        return Lines(
        [
            ("owner", plan.Owner),
            ("account", plan.Account.Length > 0 ? plan.Account : null),
            ("name", request.HasName ? request.Name : null),
            .. RequestRows(request, isWithheld: false),
            ("kept together by", plan.Containment.Length > 0 ? plan.Containment : null),
            .. plan.UserLimits.Select(
                use => (use.Name, (string?)string.Create(CultureInfo.InvariantCulture, $"{use.Used} of {use.Limit}"))),
            .. plan.Obstacles.Select(obstacle => ("obstacle", (string?)obstacle)),
        ]);
    }

    private static string Lines(IEnumerable<(string Name, string? Value)> all)
    {
        var rows = all.Where(row => row.Value is not null).ToList();
        var width = rows.Max(row => row.Name.Length) + ": ".Length;
        return string.Concat(rows.Select(row => $"{$"{row.Name}:".PadRight(width)}{Escape(row.Value!)}\n"));
    }

    /// <returns>What a share gives to whom, on one line.</returns>
    public static string Of(TaskShare share)
    {
        (bool Is, string Name)[] rights = [(share.Read, "read"), (share.Signal, "signal"), (share.Attach, "attach")];
        var given = rights.Where(right => right.Is).Select(right => right.Name);
        var end = share.ExpiresAt is { } at ? $", until {Time(at)}" : "";
        return Escape($"{share.User}, to {string.Join(" and ", given)}{end}");
    }

    private static IEnumerable<(string Name, string? Value)> Rows(string id, QueryTaskResponse task)
    {
        var ending = task.Ending;
        yield return ("id", id);
        yield return ("name", task.Name.Length > 0 ? task.Name : null);
        yield return ("state", StateNames.Of(task.StatusCode));
        yield return ("exit code", task.HasExitCode ? Number(task.ExitCode) : null);
        yield return ("signal", ending is { HasSignal: true } ? SignalNames.Describe(ending.Signal) : null);
        yield return ("attempt", AttemptText.NumberOf(task));
        yield return ("last attempt", AttemptText.LastOf(task));
        yield return ("next attempt", Time(task.NextAttemptAt));
        yield return ("reason", ending is { HasReason: true } ? ending.Reason : null);
        yield return ("owner", task.Owner.Length > 0 ? task.Owner : null);
        yield return ("account", task.Account.Length > 0 ? task.Account : null);
        foreach (var label in task.Labels.OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            yield return ("label", $"{label.Key}={label.Value}");
        }

        foreach (var share in task.Shares)
        {
            yield return ("shared with", Of(share));
        }

        foreach (var row in task.Request is null ? [] : RequestRows(task.Request, task.EnvironmentWithheld))
        {
            yield return row;
        }

        yield return ("created", Time(task.CreatedAt));
        yield return ("expires", Time(task.ExpiresAt));
        foreach (var row in ending is null ? [] : EndingRows(ending))
        {
            yield return row;
        }
    }

    private static IEnumerable<(string Name, string? Value)> RequestRows(StartTaskRequest request, bool isWithheld) =>
    [
        ("command", request.Binary),
        .. request.Args.Select(argument => ("argument", (string?)argument)),
        ("working directory", request.HasWorkingDir ? request.WorkingDir : null),
        ("standard input", request.Terminal is not null ? "a terminal" : request.Stdin ? "open" : null),
        .. request.Environment.OrderBy(variable => variable.Key, StringComparer.Ordinal)
            .Select(variable => (
                "environment", (string?)(isWithheld ? $"{variable.Key} (value withheld)" : $"{variable.Key}={variable.Value}"))),
        ("max time", Length(request.Timeout)),
        ("grace", Length(request.Grace)),
        ("stop signal", request.HasStopSignal ? SignalNames.Describe(request.StopSignal) : null),
        ("retry", AttemptText.Of(request.Retry)),
        ("memory limit", request.Limits is { MemoryBytes: > 0 and var memory } ? Size(memory) : null),
        ("processor limit", request.Limits is { CpuMillis: > 0 and var millis } ? Processors(millis) : null),
        ("process limit", request.Limits is { Processes: > 0 and var processes } ? Number(processes) : null),
        .. request.Ulimits.Select(limit => ("ulimit", (string?)$"{limit.Name}={Limit(limit.Soft)}:{Limit(limit.Hard)}")),
        ("log quota", request.LogQuotaBytes > 0 ? Size((long)request.LogQuotaBytes) : null),
        ("kept for", Length(request.KeepFor)),
    ];

    private static IEnumerable<(string Name, string? Value)> EndingRows(Ending ending) =>
    [
        ("started", Time(ending.StartedAt)),
        ("ended", Time(ending.EndedAt)),
        ("ran for", ending is { StartedAt: { } start, EndedAt: { } end } ? Length(end - start) : null),
        ("attempts", ending.Attempts > 0 ? Number(ending.Attempts) : null),
        ("stop requested by", ending.HasStopRequestedBy ? ending.StopRequestedBy : null),
        ("timed out", ending.TimedOut ? YesOrNo(ending.TimedOut) : null),
        ("grace expired", YesOrNo(ending.GraceExpired)),
        ("processes killed", Number(ending.ProcessesKilled)),
        ("out of memory", ending.HasOutOfMemory ? YesOrNo(ending.OutOfMemory) : null),
        ("process limit hit", ending.HasProcessLimitHit ? YesOrNo(ending.ProcessLimitHit) : null),
        ("memory peak", ending.HasMemoryPeakBytes ? Size(ending.MemoryPeakBytes) : null),
        ("throttled for", Length(ending.CpuThrottledTime)),
        ("user time", Length(ending.Usage?.UserTime)),
        ("system time", Length(ending.Usage?.SystemTime)),
        ("lost log bytes", ending.LostLogBytes > 0 ? ending.LostLogBytes.ToString(CultureInfo.InvariantCulture) : null),
        ("max resident set", ending.Usage is { } usage ? Size(usage.MaxRssBytes) : null),
    ];

    // Nothing at all would look as if it were not known.
    private static string Escape(string value) => value.Length == 0 ? "''" : ErrorLine.Escape(value);

    private static string? Time(Timestamp? time) =>
        time?.ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string? Length(Duration? duration) => duration is null ? null : GoDuration.Format(duration.ToTimeSpan());

    private static string Limit(ulong value) =>
        value == ulong.MaxValue ? "unlimited" : value.ToString(CultureInfo.InvariantCulture);

    private static string YesOrNo(bool value) => value ? "yes" : "no";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Processors(long millis) =>
        string.Create(CultureInfo.InvariantCulture, $"{millis / 1000m:0.###} processors");

    private static string Size(long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024.0:0.0} MiB ({bytes} bytes)");
}
