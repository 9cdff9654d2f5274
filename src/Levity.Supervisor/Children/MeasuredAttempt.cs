using Levity.Processes;
using Levity.Protocol;

namespace Levity.Supervisor.Children;

/// <summary>What another thread needs of a child to measure it.</summary>
/// <param name="Task">Its id.</param>
/// <param name="StartedAt">When it was started first.</param>
/// <param name="Containment">That of the attempt that is under way.</param>
/// <param name="UserTimeUsBefore">What the attempts before had used, as far as their first processes tell; microseconds.</param>
/// <param name="SystemTimeUsBefore">The same, in the kernel.</param>
internal sealed record MeasuredAttempt(
    TaskId Task, long StartedAt, Containment Containment, long UserTimeUsBefore, long SystemTimeUsBefore);
