using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.EndToEnd.Tests.Tls;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Audit;

/// <summary>What is on record of odd calls and odd callers, and what is on record of none.</summary>
public sealed class AuditTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Evil = "no\nsuch\u001b[31m{\"seq\":1}";

    private readonly LevityServer _server = shared.Server;

    [Fact]
    public async Task A_stream_is_on_record_once_it_is_over_with_how_it_ended()
    {
        var client = _server.Client();
        var task = await client.StartAsync("true");
        await client.SuccessAsync(task);

        await client.Follow(task).AllAsync();

        var record = await RecordAsync(entry => entry.Rpc == "/levity.TaskManager/StreamLogs" && entry.Task == task);
        Assert.Equal(("alice", "OK"), (record.Identity, record.Outcome));
    }

    [Fact]
    public async Task A_client_that_leaves_its_stream_has_cancelled_it()
    {
        var client = _server.Client();
        var task = await client.ShellAsync("echo ready; exec sleep 300");
        using (var log = client.Follow(task))
        {
            await log.NextAsync();
        }

        var record = await RecordAsync(entry => entry.Rpc == "/levity.TaskManager/StreamLogs" && entry.Task == task);
        Assert.Equal("CANCELLED", record.Outcome);
    }

    [Theory]
    [InlineData("levity.TaskManager", "NoSuchMethod", "UNIMPLEMENTED")]
    [InlineData("no.such.Service", "Call", "UNIMPLEMENTED")]
    public async Task What_is_no_method_is_on_record_with_who_asked_for_it(string service, string name, string outcome)
    {
        var bytes = Marshallers.Create<byte[]>(message => message, message => message);
        var method = new Method<byte[], byte[]>(MethodType.Unary, service, name, bytes, bytes);

        await Assert.ThrowsAsync<RpcException>(
            () => _server.Client().Invoker.AsyncUnaryCall(method, null, TestClient.Bounded, []).ResponseAsync);

        var record = await RecordAsync(entry => entry.Rpc == $"/{service}/{name}");
        Assert.Equal(("alice", outcome), (record.Identity, record.Outcome));
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_is_on_record()
    {
        var bytes = Marshallers.Create<byte[]>(message => message, message => message);
        var method = new Method<byte[], byte[]>(MethodType.Unary, "levity.TaskManager", "FetchLogs", bytes, bytes);
        var mallory = _server.Client(_server.Certificates.Clients.IssueUser("mallory", "mallory"));

        var refusal = await Assert.ThrowsAsync<RpcException>(
            () => mallory.Invoker.AsyncUnaryCall(method, null, TestClient.Bounded, [0xff, 0xff]).ResponseAsync);

        var record = await RecordAsync(entry => entry.Identity == "mallory");
        Assert.Equal(("/levity.TaskManager/FetchLogs", refusal.StatusCode.ToString().ToUpperInvariant()), (record.Rpc, record.Outcome));
    }

    [Fact]
    public async Task Names_that_pretend_to_be_lines_or_move_the_cursor_are_escaped()
    {
        await Assert.ThrowsAsync<RpcException>(() => _server.Client().StartAsync(Evil));
        await Assert.ThrowsAsync<RpcException>(() => _server.Client().QueryAsync(Evil));
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(Evil);
        var user = _server.Certificates.Clients.Issue("evil", builder.Build(), [CertificateAuthority.ClientAuthentication]);
        Assert.Null(await RawConnection.GreetAsync(_server, user, offered: [SslApplicationProtocol.Http2]));

        Assert.Equal("FAILED_PRECONDITION", (await RecordAsync(entry => entry.Binary == Evil)).Outcome);
        await RecordAsync(entry => entry.Task == Evil);
        var refused = await RecordAsync(entry => entry.Claimed == Evil);
        Assert.Equal(("REFUSED", user.Load().SerialNumber), (refused.Outcome, refused.Serial));
        Assert.DoesNotContain(
            await File.ReadAllBytesAsync(AuditRecords.FileOf(_server), TestContext.Current.CancellationToken),
            b => b is not ((>= 0x20 and < 0x7f) or (byte)'\n'));
    }

    [Fact]
    public async Task Neither_arguments_nor_environment_nor_output_are_on_record()
    {
        var task = await _server.Client().StartAsync(new StartTaskRequest
        {
            Binary = "sh",
            Args = { "-c", "echo sesame-$((40 + 2)); exit 3", "sesame-argument" },
            Environment = { ["SESAME_NAME"] = "sesame-value" },
        });
        await _server.Client().EndAsync(task);
        await _server.Client().FetchAsync(task);

        Assert.Equal("sh", (await RecordAsync(entry => entry.Task == task && entry.Binary is not null)).Binary);
        await RecordAsync(entry => entry.Task == task && entry.Rpc == "/levity.TaskManager/FetchLogs");
        var text = await File.ReadAllTextAsync(AuditRecords.FileOf(_server), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("sesame", text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, "h2")]
    [InlineData(SslProtocols.Tls13, "http/1.1")]
    [InlineData(SslProtocols.Tls13, null)]
    public async Task Who_comes_without_TLS_1_3_or_h2_is_on_record(SslProtocols version, string? protocol)
    {
        var before = Refused();
        SslApplicationProtocol[] offered = protocol is null ? [] : [new SslApplicationProtocol(protocol)];

        try
        {
            Assert.Null(await RawConnection.GreetAsync(_server, _server.Certificates.Alice, version, [.. offered]));
        }
        catch (AuthenticationException)
        {
            // The alert that says so: another test's subject.
        }

        await Eventually.TrueAsync(() => Refused() > before, "a record");
        Assert.Equal(before + 1, Refused());
    }

    [Fact]
    public async Task The_command_line_follows_the_chain_and_finds_the_line_that_was_changed()
    {
        await Assert.ThrowsAsync<RpcException>(() => _server.Client().StartAsync("no-such-binary"));
        var file = Path.Combine(_server.Scratch, "audit.copy");
        File.Copy(AuditRecords.FileOf(_server), file);
        var good = await _server.Cli().RunAsync("audit", "verify", file);
        Assert.Matches(@"\A[0-9]+ records, 1 to [0-9]+: [0-9a-f]{64}\n\z", good.Successful().OutputText);

        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        var name = bytes.AsSpan().IndexOf("no-such-binary"u8);
        var line = bytes.AsSpan(0, name).Count((byte)'\n') + 1;
        bytes[name] = (byte)'N';
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        var bad = await _server.Cli().RunAsync("audit", "verify", file);

        Assert.Equal(125, bad.ExitCode);
        Assert.StartsWith($"levity: {file}:{line}: it does not have the hash", bad.ErrorText, StringComparison.Ordinal);
    }

    private int Refused() => AuditRecords.Of(_server).Count(entry => entry.Event == "handshake");

    private async Task<AuditEntry> RecordAsync(Func<AuditEntry, bool> condition)
    {
        var found = await Eventually.GetAsync(
            () => Task.FromResult(AuditRecords.Of(_server).Where(condition).ToList() is { Count: > 0 } some ? some : null),
            () => $"a record among:\n{string.Join('\n', AuditRecords.Of(_server))}");
        return Assert.Single(found);
    }
}
