using System.Net.Sockets;
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

    private static readonly TimeSpan LongestDeath = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Recheck = TimeSpan.FromMilliseconds(5);

    private readonly string _path;
    private readonly FileStream _lock;

    private SupervisorDirectory(string path, FileStream heldLock)
    {
        _path = path;
        _lock = heldLock;
    }

    public SafeHandle Lock => _lock.SafeFileHandle;

    public string SocketPath => Path.Combine(_path, ControlProtocol.SocketName);

    public string LogOf(TaskId task) => Path.Combine(_path, ControlProtocol.LogsName, task.ToString());

    /// <summary>Whether this is the id of a task that was started on this state directory.</summary>
    public bool IsOurs(string taskId) => TaskId.TryParse(taskId, out var task) && Directory.Exists(LogOf(task));

    /// <summary>Where the supervisor's own messages go: it outlives the terminal that it was started from.</summary>
    public static string MessagesOf(string path) => Path.Combine(path, "supervisor.log");

    /// <summary>Takes the directory. Throws <see cref="IOException"/> when another supervisor has it.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="time">
    /// Measures for how long to wait for a supervisor that is just dying. A process that was killed gives back its
    /// descriptors one by one, the newest first: whoever had a connection to it knows that it is gone before its lock is.
    /// </param>
    public static SupervisorDirectory Take(string path, TimeProvider time)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                var held = TakeLock(path);
                Directory.CreateDirectory(Path.Combine(path, ControlProtocol.LogsName), OwnerOnly);
                return new SupervisorDirectory(path, held);
            }
            catch (IOException e) when (e.HResult == Errno.EAGAIN && time.GetElapsedTime(began) < LongestDeath && !IsServed(path))
            {
                // Nobody tells when a lock is given back.
                using var pause = new ManualResetEventSlim();
                pause.Wait(Recheck);
            }
        }
    }

    /// <summary>Goes on holding the directory in the place of the program that has taken it.</summary>
    public static SupervisorDirectory Resume(string path, int heldLock) => new(
        path, new FileStream(InheritedDescriptor.Take<SafeFileHandle>(heldLock), FileAccess.ReadWrite, bufferSize: 0));

    public void Dispose() => _lock.Dispose();

    private static FileStream TakeLock(string path) => new(Path.Combine(path, "supervisor.lock"), new FileStreamOptions
    {
        Mode = FileMode.OpenOrCreate,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        UnixCreateMode = OwnerReadWrite,
    });

    private static bool IsServed(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(Path.Combine(path, ControlProtocol.SocketName)));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
