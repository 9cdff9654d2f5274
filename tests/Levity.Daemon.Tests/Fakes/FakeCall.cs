using Grpc.Core;
using Levity.Daemon.Security;
using Levity.Daemon.Security.Trust;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Levity.Daemon.Tests.Fakes;

/// <summary>A call as it is after the access interceptor has let its caller through.</summary>
internal sealed class FakeCall : ServerCallContext
{
    private readonly CancellationToken _cancelled;
    private readonly string _method;

    public FakeCall(
        CallerIdentity caller,
        CancellationToken cancelled,
        IHttpResetFeature? reset = null,
        ClientConnection? connection = null,
        string method = "QueryTask")
    {
        _cancelled = cancelled;
        _method = method;
        UserStateCore[CallerIdentity.Key] = caller;

        // Where GetHttpContext looks for it in a call that is not Kestrel's.
        var http = new DefaultHttpContext();
        http.Features.Set(reset);
        http.Features.Set(connection ?? new ClientConnection(
            new DefaultConnectionContext(), caller, new ClientChain([], Root: "", caller.NotAfter)));
        UserStateCore["__HttpContext"] = http;
    }

    protected override string MethodCore => $"/levity.TaskManager/{_method}";

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
