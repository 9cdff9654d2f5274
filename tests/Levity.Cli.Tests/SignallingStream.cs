using System.Text;

namespace Levity.Cli.Tests;

/// <summary>Keeps what is written, and tells when the first of it is there.</summary>
internal sealed class SignallingStream : MemoryStream
{
    private readonly TaskCompletionSource _firstWrite = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task FirstWrite => _firstWrite.Task;

    public string Text => Encoding.UTF8.GetString(ToArray());

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        base.Write(buffer);
        _firstWrite.TrySetResult();
    }
}
