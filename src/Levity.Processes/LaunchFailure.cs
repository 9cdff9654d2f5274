namespace Levity.Processes;

/// <summary>Why a process was not started.</summary>
/// <param name="Kind">Whose fault it is.</param>
/// <param name="Errno">The errno, one of <see cref="Linux.Errno"/>.</param>
/// <param name="Message">For people: what failed, on what, and the errno's name. Printable, whatever the path
/// is.</param>
public sealed record LaunchFailure(LaunchFailureKind Kind, int Errno, string Message);
