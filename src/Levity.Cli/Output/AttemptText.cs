using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Levity.Protocol;

namespace Levity.Cli.Output;

/// <summary>Attempts of a task that is executed again when it fails, for people.</summary>
internal static class AttemptText
{
    /// <returns>Which one it is, of how many where that is known; null when there is nothing to be told.</returns>
    public static string? NumberOf(QueryTaskResponse task) => task switch
    {
        { Attempt: 0 } => null,
        { Request.Retry: { } retry } => string.Create(CultureInfo.InvariantCulture, $"{task.Attempt} of {retry.MaxRetries + 1L}"),
        _ => task.Attempt.ToString(CultureInfo.InvariantCulture),
    };

    /// <returns>How the last one that is over has ended; null when none is.</returns>
    public static string? LastOf(QueryTaskResponse task) => task.LastAttempt switch
    {
        null => null,
        { Failure.Length: > 0 } last => $"could not be executed: {last.Failure}",
        { HasExitCode: true } last => string.Create(CultureInfo.InvariantCulture, $"exited with {last.ExitCode}"),
        { HasSignal: true } last => $"ended by {SignalNames.Describe(last.Signal)}",
        _ => null,
    };

    /// <returns>What is asked for.</returns>
    public static string? Of(RetryPolicy? retry) => retry is null ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"on failure, at most {retry.MaxRetries} times{After("after", retry.InitialBackoff)}{After("up to", retry.MaxBackoff)}");

    private static string After(string word, Duration? duration) =>
        duration is null ? "" : $", {word} {GoDuration.Format(duration.ToTimeSpan())}";
}
