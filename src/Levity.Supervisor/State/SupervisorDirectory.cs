using System.Runtime.InteropServices;
using Levity.Linux;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Microsoft.Win32.SafeHandles;

namespace Levity.Supervisor.State;

/// <summary>
/// The supervisor's part of the state directory. Holding one means being its only supervisor: the lock ends with the
/// process, however that ends.
/// </summary>
internal sealed class SupervisorDirectory : IDisposable
{
    private const UnixFileMode OwnerReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnly = OwnerReadWrite | UnixFileMode.UserExecute;

    private readonly string _path;
    private readonly FileStream _lock;

    private SupervisorDirectory(string path, FileStream heldLock)
    {
        _path = path;
        _lock = heldLock;
    }

    public SafeHandle Lock => _lock.SafeFileHandle;

    public string Socket => Path.Combine(_path, ControlProtocol.SocketName);

    public string LogOf(TaskId task) => Path.Combine(_path, ControlProtocol.LogsName, task.ToString());

    /// <summary>Whether this is the id of a task that was started on this state directory.</summary>
    public bool IsOurs(string taskId) => TaskId.TryParse(taskId, out var task) && Directory.Exists(LogOf(task));

    /// <summary>Where the supervisor's own messages go: it outlives the terminal that it was started from.</summary>
    public static string MessagesOf(string path) => Path.Combine(path, "supervisor.log");

    /// <summary>Takes the directory. Throws <see cref="IOException"/> when another supervisor has it.</summary>
    public static SupervisorDirectory Take(string path)
    {
        var held = new FileStream(Path.Combine(path, "supervisor.lock"), new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            UnixCreateMode = OwnerReadWrite,
        });
        Directory.CreateDirectory(Path.Combine(path, ControlProtocol.LogsName), OwnerOnly);
        return new SupervisorDirectory(path, held);
    }

    /// <summary>Goes on holding the directory in the place of the program that has taken it.</summary>
    public static SupervisorDirectory Resume(string path, int heldLock) => new(
        path, new FileStream(InheritedDescriptor.Take<SafeFileHandle>(heldLock), FileAccess.ReadWrite, bufferSize: 0));

    public void Dispose() => _lock.Dispose();
}
