using System.Buffers;
using Google.Protobuf;
using Levity.Linux;
using Levity.Protocol.Supervisor;

namespace Levity.Supervisor.State;

/// <summary>How a <see cref="HandOver"/> gets from one program to the next: a file in memory, told by its number.</summary>
internal static class HandOverFile
{
    public static SafeFileDescriptor Write(HandOver state) => MemoryFile.Create("levity-hand-over", state.ToByteArray());

    /// <exception cref="LinuxException">EBADF: there is no such descriptor.</exception>
    /// <exception cref="InvalidDataException">Not a HandOver, or of a version that this program does not
    /// read.</exception>
    public static HandOver Read(int number)
    {
        using var file = InheritedDescriptor.Take<SafeFileDescriptor>(number);
        var content = new ArrayBufferWriter<byte>();
        var errno = KernelFile.Read(file, content);
        return errno == 0
            ? Parse(content.WrittenSpan)
            : throw new LinuxException("pread", errno, $"hand-over {number}");
    }

    public static HandOver Parse(ReadOnlySpan<byte> content)
    {
        HandOver state;
        try
        {
            state = HandOver.Parser.ParseFrom(content);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidDataException("what was handed over cannot be read", e);
        }

        return ProgramVersions.HandOver.Contains(state.StateVersion)
            ? state
            : throw new InvalidDataException(
                $"what was handed over is of version {state.StateVersion}, this program reads {ProgramVersions.HandOver}");
    }
}
