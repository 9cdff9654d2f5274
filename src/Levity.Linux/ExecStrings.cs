using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>
/// The path, arguments and environment of one exec, in a single native block: two vectors of pointers, each ended by a
/// null, and after them the bytes they point to, each string ended by a NUL.
/// </summary>
internal readonly unsafe ref struct ExecStrings
{
    private readonly byte** _block;

    internal ExecStrings(
        ReadOnlySpan<byte> path,
        IReadOnlyList<ReadOnlyMemory<byte>> arguments,
        IReadOnlyList<ReadOnlyMemory<byte>> environment)
    {
        var pointers = arguments.Count + environment.Count + 2;
        var size = checked((nuint)(pointers * sizeof(byte*)) + (nuint)path.Length + 1
            + SizeOf(arguments) + SizeOf(environment));
        _block = (byte**)NativeMemory.Alloc(size);

        Arguments = _block;
        Environment = _block + arguments.Count + 1;
        Path = (byte*)(_block + pointers);
        var next = Copy(path, Path);
        next = Copy(arguments, Arguments, next);
        Copy(environment, Environment, next);
    }

    internal byte* Path { get; }

    internal byte** Arguments { get; }

    internal byte** Environment { get; }

    public void Dispose() => NativeMemory.Free(_block);

    private static nuint SizeOf(IReadOnlyList<ReadOnlyMemory<byte>> strings)
    {
        nuint size = 0;
        for (var i = 0; i < strings.Count; i++)
        {
            size += (nuint)strings[i].Length + 1;
        }

        return size;
    }

    private static byte* Copy(IReadOnlyList<ReadOnlyMemory<byte>> strings, byte** pointers, byte* next)
    {
        for (var i = 0; i < strings.Count; i++)
        {
            pointers[i] = next;
            next = Copy(strings[i].Span, next);
        }

        pointers[strings.Count] = null;
        return next;
    }

    private static byte* Copy(ReadOnlySpan<byte> bytes, byte* next)
    {
        bytes.CopyTo(new Span<byte>(next, bytes.Length));
        next[bytes.Length] = 0;
        return next + bytes.Length + 1;
    }
}
