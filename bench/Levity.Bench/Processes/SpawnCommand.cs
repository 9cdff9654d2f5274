using System.Runtime.InteropServices;
using System.Text;

namespace Levity.Bench.Processes;

/// <summary>
/// A command as execve(2) wants it, made once so that running it again costs nothing here. Its environment is as small
/// as a task's; its standard output goes nowhere when asked. The memory stays with the process: there are few of them.
/// </summary>
internal sealed unsafe class SpawnCommand
{
    private readonly string _text;

    public SpawnCommand(IReadOnlyList<string> command, bool discardOutput = false)
    {
        _text = string.Join(' ', command);
        Arguments = Strings(command);
        Path = Arguments[0];
        Environment = Strings(
        [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            $"HOME={System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile)}",
            "LANG=C.UTF-8",
        ]);
        FileActions = discardOutput ? PosixSpawn.DiscardOutput() : null;
    }

    public byte* Path { get; }

    public byte** Arguments { get; }

    public byte** Environment { get; }

    public byte* FileActions { get; }

    public override string ToString() => _text;

    private static byte** Strings(IReadOnlyList<string> strings)
    {
        var pointers = (byte**)NativeMemory.AllocZeroed((nuint)strings.Count + 1, (nuint)sizeof(byte*));
        for (var i = 0; i < strings.Count; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(strings[i]);
            pointers[i] = (byte*)NativeMemory.AllocZeroed((nuint)bytes.Length + 1);
            Marshal.Copy(bytes, 0, (nint)pointers[i], bytes.Length);
        }

        return pointers;
    }
}
