using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.OtherClients;

/// <summary>
/// gRPC of other makers, with a user's certificate and with the limits that it has by itself. What they do is in the
/// scripts beside this file, each of which uses the whole API and fails where an answer is not as it should be.
/// </summary>
public sealed class OtherClientsTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Python = "/usr/bin/python3";

    private static readonly string[] Steps =
    [
        "a task from start to removal", "a log that is too long for one message", "bytes and keys", "a share",
        "a log of many small pieces", "what is refused",
    ];

    private readonly LevityServer _server = shared.Server;

    [Fact]
    public async Task Python_with_grpcio_can_use_the_whole_api()
    {
        await MachineTool.NeedAsync("python3-grpcio and python3-protobuf", Python, "-c", "import grpc, google.protobuf");
        var descriptors = Path.Combine(_server.Scratch, "levity.binpb");
        await File.WriteAllBytesAsync(
            descriptors,
            new FileDescriptorSet { File = { WithImports(TaskManager.Descriptor.File).Distinct() } }.ToByteArray(),
            TestContext.Current.CancellationToken);

        await GoesThroughAsync(Python, Script("client.py"), descriptors);
    }

    [Fact]
    public async Task Node_with_grpc_js_can_use_the_whole_api()
    {
        await MachineTool.NeedAsync("@grpc/grpc-js of package.json", "test", "-e", InRepository("node_modules/@grpc/grpc-js"));

        await GoesThroughAsync("node", Script("client.mjs"), InRepository("api/levity.proto"));
    }

    [Fact]
    public async Task Buf_curl_learns_the_api_from_the_server_and_starts_and_queries_a_task()
    {
        await MachineTool.NeedAsync("buf of package.json", "test", "-e", InRepository("node_modules/.bin/buf"));

        var started = await CurlAsync("StartTask", """{"binary": "sleep", "args": ["300"]}""");
        var id = started.GetProperty("taskId").GetProperty("id").GetString();
        var task = await CurlAsync("QueryTask", $$$"""{"taskId": {"id": "{{{id}}}"}}""");

        Assert.Equal("TASK_STATUS_CODE_RUNNING", task.GetProperty("statusCode").GetString());
        Assert.Equal("alice", task.GetProperty("owner").GetString());
    }

    private static string InRepository(string path) => Path.Combine(PublishedPrograms.RepositoryRoot, path);

    private static string Script(string name) => InRepository($"tests/Levity.EndToEnd.Tests/OtherClients/{name}");

    // What a file imports comes before it.
    private static IEnumerable<FileDescriptorProto> WithImports(FileDescriptor file) =>
        [.. file.Dependencies.SelectMany(WithImports), file.ToProto()];

    private async Task GoesThroughAsync(params IReadOnlyList<string> command)
    {
        var result = await RunningProgram.RunAsync(command, _server.Cli().Environment);

        Assert.Equal(Steps, result.Successful().OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private async Task<JsonElement> CurlAsync(string method, string request)
    {
        var (certificates, alice) = (_server.Certificates, _server.Certificates.Alice);
        var result = await RunningProgram.RunAsync(
        [
            InRepository("node_modules/.bin/buf"), "curl", "--protocol", "grpc", "--cacert", certificates.ServerCa,
            "--cert", alice.CertificateFile, "--key", alice.KeyFile, "--data", request,
            $"https://{_server.Address}/levity.TaskManager/{method}",
        ]);
        return JsonDocument.Parse(result.Successful().OutputText).RootElement;
    }
}
