namespace Levity.Daemon.Registry;

/// <summary>The lifecycle of a task. The numbers are stored and sent: they never change.</summary>
internal enum TaskState
{
    NotStarted = 0,
    Running = 1,
    Signalled = 2,
    Finished = 3,
    BrutallyKilled = 4,
    InternalServerError = 5,
    Lost = 6,
}
