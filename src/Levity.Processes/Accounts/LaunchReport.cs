using System.Text;

namespace Levity.Processes.Accounts;

/// <summary>
/// What a launcher says: that it has begun, and then nothing more if it executes the command, or a failure as a direct
/// start would have given it.
/// </summary>
internal static class LaunchReport
{
    internal static ReadOnlySpan<byte> Begun => [1];

    internal static byte[] Write(LaunchFailure failure)
    {
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content, Encoding.UTF8);
        writer.Write((int)failure.Kind);
        writer.Write(failure.Errno);
        writer.Write(failure.Message);
        writer.Flush();
        return content.ToArray();
    }

    /// <summary>Half a report is one of a launcher that was ended while it wrote it.</summary>
    internal static LaunchFailure Read(ReadOnlySpan<byte> content)
    {
        using var reader = new BinaryReader(new MemoryStream(content.ToArray()), Encoding.UTF8);
        try
        {
            return new LaunchFailure((LaunchFailureKind)reader.ReadInt32(), reader.ReadInt32(), reader.ReadString());
        }
        catch (EndOfStreamException)
        {
            return LaunchErrors.OfLostLauncher();
        }
    }
}
