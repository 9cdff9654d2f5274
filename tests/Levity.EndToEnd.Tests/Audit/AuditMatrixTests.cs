using System.Globalization;
using System.Text;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Levity.EndToEnd.Tests.Access;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.EndToEnd.Tests.Tls;

namespace Levity.EndToEnd.Tests.Audit;

/// <summary>Each method × those who are let in, and who is not, with a kill -9 in the middle: one record of each.</summary>
public sealed class AuditMatrixTests
{
    [Fact]
    public async Task Each_call_and_each_refused_handshake_is_one_record_that_outlives_levityd()
    {
        await using var server = await LevityServer.StartAsync();
        var task = await server.Client().StartAsync("sleep", "300");
        var expected = new List<AuditEntry> { Expected(server.Certificates.Alice, "levity.TaskManager/StartTask", task, "OK") };

        await CallAllAsync(server, server.Certificates.Bob, task, expected);
        await KnockAsync(server, expected);

        // Its answer is the last that levityd gives, and nothing waits for it to be on record.
        var last = await server.Client().StartAsync("true");
        await server.Kill9Async();
        expected.Add(Expected(server.Certificates.Alice, "levity.TaskManager/StartTask", last, "OK"));
        Assert.Equal(expected.Count, AuditRecords.Of(server).Count);
        await server.RestartAsync();

        await KnockAsync(server, expected);
        await CallAllAsync(server, server.Certificates.Alice, task, expected);

        var found = await AuditRecords.MoreAsync(server, 0, expected.Count);
        Assert.Equal(expected.Select(Line).Order(), found.Select(Line).Order());
        Assert.Equal(0, (await server.Cli().RunAsync("audit", "verify", AuditRecords.FileOf(server))).ExitCode);
    }

    private static async Task CallAllAsync(LevityServer server, Identity user, string task, List<AuditEntry> expected)
    {
        var invoker = server.Client(user).Invoker;
        foreach (var method in AccessMatrix.Methods)
        {
            var answer = await AnyMethod.CallAsync(invoker, method, AccessMatrix.RowOf(method).Request(task));

            // A stream is left after its first message: how it ended is for another test.
            var isStream = method.IsServerStreaming && answer.Status == StatusCode.OK;
            expected.Add(Expected(
                user, AnyMethod.NameOf(method), TakesTask(method) ? task : null, isStream ? "" : NameOf(answer.Status!.Value)));
            await AuditRecords.MoreAsync(server, 0, expected.Count);
        }
    }

    private static async Task KnockAsync(LevityServer server, List<AuditEntry> expected)
    {
        var certificates = server.Certificates;
        Identity?[] refused =
        [
            certificates.AliceOfWrongCa, certificates.AliceExpired, certificates.AliceAsServer,
            certificates.AliceWithoutUsage, null,
        ];
        foreach (var shown in refused)
        {
            Assert.Null(await RawConnection.GreetAsync(
                server, shown, offered: [System.Net.Security.SslApplicationProtocol.Http2]));
            var serial = shown?.Load().SerialNumber;
            expected.Add(new AuditEntry(
                "handshake", null, shown is null ? null : "alice", serial, null, null, null, "REFUSED", null));
            await AuditRecords.MoreAsync(server, 0, expected.Count);
        }
    }

    private static AuditEntry Expected(Identity user, string rpc, string? task, string outcome) =>
        new("call", user.Load().GetNameInfo(0, false), null, user.Load().SerialNumber, $"/{rpc}", task, null, outcome, null);

    // What differs from run to run is left out: the id of a task that was just started, how a stream has ended.
    private static string Line(AuditEntry entry) =>
        $"{entry.Event} {entry.Identity}{entry.Claimed} {entry.Serial} {entry.Rpc} "
        + $"{(entry.Rpc == "/levity.TaskManager/StartTask" ? entry.Task?.Length : entry.Task)} "
        + $"{(IsStream(entry) && entry.Outcome is "" or "OK" or "CANCELLED" ? "" : entry.Outcome)}";

    private static bool IsStream(AuditEntry entry) => AccessMatrix.Methods.Any(
        method => method.IsServerStreaming && $"/{AnyMethod.NameOf(method)}" == entry.Rpc);

    private static bool TakesTask(MethodDescriptor method) =>
        (method.InputType.FindFieldByName("task_id") ?? method.OutputType.FindFieldByName("task_id")) is not null;

    /// <summary>NOT_FOUND for NotFound.</summary>
    private static string NameOf(StatusCode code)
    {
        if (code == StatusCode.OK)
        {
            return "OK";
        }

        var name = new StringBuilder();
        foreach (var c in code.ToString())
        {
            name.Append(char.IsUpper(c) && name.Length > 0 ? "_" : "").Append(char.ToUpper(c, CultureInfo.InvariantCulture));
        }

        return name.ToString();
    }
}
