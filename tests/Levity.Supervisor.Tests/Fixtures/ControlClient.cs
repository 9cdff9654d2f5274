using System.Net.Sockets;
using System.Threading.Channels;
using Levity.Protocol.Supervisor;

namespace Levity.Supervisor.Tests.Fixtures;

/// <summary>A peer on the control socket that asks one thing at a time and keeps the events in order.</summary>
internal sealed class ControlClient : IAsyncDisposable
{
    // Only there so that what never comes is a failure and not a hanging test.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly MessageConnection<Reply, Request> _connection;
    private readonly Channel<Reply> _answers = Channel.CreateUnbounded<Reply>();
    private readonly Channel<Reply> _events = Channel.CreateUnbounded<Reply>();
    private readonly Task _reading;
    private ulong _lastId;

    public ControlClient(Socket socket)
    {
        _connection = new MessageConnection<Reply, Request>(socket);
        _reading = ReadAsync();
    }

    public Welcome Welcome { get; set; } = new();

    /// <summary>Completes when the supervisor has closed the connection.</summary>
    public Task Closed => _reading.WaitAsync(Patience);

    public async Task<Reply> AskAsync(Request request)
    {
        Post(request);
        var answer = await NextAnswerAsync();
        Assert.Equal(request.Id, answer.Id);
        return answer;
    }

    /// <summary>Asks for what is not answered at once.</summary>
    public void Post(Request request)
    {
        request.Id = ++_lastId;
        _connection.Post(request);
    }

    public Task<Reply> NextAnswerAsync() => _answers.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public Task<Reply> StartAsync(StartChild child) => AskAsync(new Request { StartChild = child });

    public Task<Reply> NextEventAsync() => _events.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public async Task<ChildEnded> NextEndingAsync() => (await NextEventAsync()).ChildEnded;

    public bool HasEvent => _events.Reader.TryPeek(out _);

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _reading;
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var reply in _connection.ReadAllAsync(CancellationToken.None))
            {
                await (reply.Id == 0 ? _events : _answers).Writer.WriteAsync(reply);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Closed, by whichever side.
        }
    }
}
