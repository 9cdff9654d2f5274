using Grpc.Core;
using Levity.Daemon.Security;

namespace Levity.Daemon.Tests.Fakes;

/// <summary>A call as it is after the access interceptor has let its caller through.</summary>
internal sealed class FakeCall : ServerCallContext
{
    private readonly CancellationToken _cancelled;

    public FakeCall(CallerIdentity caller, CancellationToken cancelled)
    {
        _cancelled = cancelled;
        UserStateCore[CallerIdentity.Key] = caller;
    }

    protected override string MethodCore => "/levity.TaskManager/Fake";

    protected override string HostCore => "localhost";

    protected override string PeerCore => "ipv4:127.0.0.1:1";

    protected override DateTime DeadlineCore => DateTime.MaxValue;

    protected override Metadata RequestHeadersCore { get; } = [];

    protected override CancellationToken CancellationTokenCore => _cancelled;

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore { get; } = new(null, []);

    protected override IDictionary<object, object> UserStateCore { get; } = new Dictionary<object, object>();

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotSupportedException();

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
}
