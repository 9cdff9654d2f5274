using Levity.Processes;

namespace Levity.Supervisor.State;

/// <summary>What the supervisor has changed for itself, and tasks get as it was.</summary>
/// <param name="Descriptors">How many descriptors a process may have open.</param>
/// <param name="Oom">How likely it is to be ended when memory is short.</param>
internal sealed record TaskLimits(ulong Descriptors, OomProtection Oom);
