using System.Buffers;
using System.Text;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>All that a program has written to one of its streams, and what it is going to write.</summary>
internal sealed class CapturedOutput
{
    // Guards the two below.
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private TaskCompletionSource _grown = NewSource();

    public CapturedOutput(Stream source) => Ended = ReadAsync(source);

    /// <summary>True once nobody can write to the stream any more, whoever had it.</summary>
    public Task<bool> Ended { get; }

    public byte[] Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes.WrittenSpan.ToArray();
            }
        }
    }

    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>Waits until the text is such that this is found in it; null when it ended without.</summary>
    public async Task<string?> WhenAsync(Func<string, string?> find)
    {
        while (true)
        {
            Task grown;
            string text;
            lock (_gate)
            {
                grown = _grown.Task;
                text = Encoding.UTF8.GetString(_bytes.WrittenSpan);
            }

            if (find(text) is { } found)
            {
                return found;
            }

            if (await Task.WhenAny(grown, Ended) == Ended)
            {
                return find(Text);
            }
        }
    }

    /// <summary>Waits until this is in it. Fails when it ends, or nothing happens for long.</summary>
    public async Task ContainsAsync(string text)
    {
        var found = await Eventually.CompletesAsync(
            WhenAsync(all => all.Contains(text, StringComparison.Ordinal) ? text : null),
            () => $"'{text}' in the output, which is: {Text}");
        Assert.True(found is not null, $"the output ended without '{text}': {Text}");
    }

    private async Task<bool> ReadAsync(Stream source)
    {
        var buffer = new byte[64 * 1024];
        while (await source.ReadAsync(buffer) is > 0 and var count)
        {
            lock (_gate)
            {
                _bytes.Write(buffer.AsSpan(0, count));
                _grown.SetResult();
                _grown = NewSource();
            }
        }

        return true;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
