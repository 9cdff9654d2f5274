using System.Diagnostics.CodeAnalysis;

namespace Levity.Processes;

/// <summary>A child that has executed its program, or why there is none.</summary>
public readonly struct LaunchOutcome
{
    private LaunchOutcome(int pid, LaunchFailure? failure)
    {
        Pid = pid;
        Failure = failure;
    }

    /// <summary>The child; 0 when there is none.</summary>
    public int Pid { get; }

    /// <summary>Null when there is a child.</summary>
    public LaunchFailure? Failure { get; }

    /// <summary>True when there is a child.</summary>
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool Started => Failure is null;

    internal static LaunchOutcome Of(int pid) => new(pid, null);

    internal static LaunchOutcome Of(LaunchFailure failure) => new(0, failure);
}
