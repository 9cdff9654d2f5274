namespace Levity.Daemon.LogStreaming;
internal sealed class LogFollower(string logs, LogTail tail) { public string X => logs + tail; }
internal sealed class TaskService : Levity.Protocol.TaskManager.TaskManagerBase { }
