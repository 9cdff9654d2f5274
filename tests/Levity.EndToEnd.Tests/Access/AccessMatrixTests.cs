using Grpc.Core;
using Grpc.Reflection.V1;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Access;

/// <summary>Each method × each kind of caller, against the running server.</summary>
public sealed class AccessMatrixTests(SharedServer shared, ITestOutputHelper output) : IClassFixture<SharedServer>
{
    private readonly LevityServer _server = shared.Server;

    [Fact]
    public void Each_method_of_the_contracts_has_a_row() => Assert.Equal(
        AccessMatrix.Methods.Select(AnyMethod.NameOf).Order(), AccessMatrix.RowNames.Order());

    [Fact]
    public async Task The_server_serves_the_services_of_the_matrix_and_no_other()
    {
        var client = new ServerReflection.ServerReflectionClient(_server.Client().Invoker);
        using var call = client.ServerReflectionInfo(TestClient.Bounded);
        await call.RequestStream.WriteAsync(
            new ServerReflectionRequest { ListServices = "" }, TestContext.Current.CancellationToken);

        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal(
            AccessMatrix.Services.Select(service => service.FullName).Order(),
            call.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name).Order());
    }

    [Fact]
    public async Task Each_method_answers_each_kind_of_caller_as_its_row_says()
    {
        var certificates = _server.Certificates;
        var task = await _server.Client().ShellAsync("echo hello; exec sleep 300");
        using (var log = _server.Client().Follow(task))
        {
            await log.NextAsync();
        }

        var tasksBefore = _server.LogIds.Count;
        (string Name, Identity? Shown, Func<AccessMatrix.Row, StatusCode?> Expected)[] callers =
        [
            ("bob", certificates.Bob, row => row.Other),
            ("wrong CA", certificates.AliceOfWrongCa, _ => null),
            ("expired", certificates.AliceExpired, _ => null),
            ("server's", certificates.AliceAsServer, _ => null),
            ("no EKU", certificates.AliceWithoutUsage, _ => null),
            ("none", null, _ => null),

            // The last one, because she may do everything, and does: her task is gone afterwards.
            ("owner", certificates.Alice, _ => StatusCode.OK),
        ];
        var rows = AccessMatrix.Methods.ToDictionary(AnyMethod.NameOf, _ => new List<string>());
        var wrong = new List<string>();
        foreach (var (caller, shown, expected) in callers)
        {
            var invoker = _server.Client(shown).Invoker;
            foreach (var method in AccessMatrix.Methods)
            {
                var name = AnyMethod.NameOf(method);
                var row = AccessMatrix.RowOf(method);
                var answer = await AnyMethod.CallAsync(invoker, method, row.Request(task));
                rows[name].Add($"{answer,-10}");
                if (answer.Status != expected(row))
                {
                    var should = expected(row)?.ToString() ?? "refused";
                    wrong.Add($"{name}, {caller}: {answer}, not {should} ({answer.Detail})");
                }
            }
        }

        output.WriteLine($"{"",-62}{string.Join(' ', callers.Select(caller => $"{caller.Name,-10}"))}");
        output.WriteLine(string.Join('\n', rows.Select(row => $"{row.Key,-62}{string.Join(' ', row.Value)}")));
        Assert.Empty(wrong);

        // Bob's and her own, for the one that she removed: of those who were refused, nobody has started anything.
        Assert.Equal(tasksBefore + 2 - 1, _server.LogIds.Count);
    }

    [Fact]
    public async Task A_task_of_somebody_else_is_not_found_in_the_very_words_of_one_that_never_was()
    {
        var theirs = await _server.Client().StartAsync("sleep", "300");
        var nobodys = Guid.NewGuid().ToString();
        var bob = _server.Client(_server.Certificates.Bob).Invoker;

        foreach (var method in AccessMatrix.Methods.Where(m => AccessMatrix.RowOf(m).Other == StatusCode.NotFound))
        {
            var request = AccessMatrix.RowOf(method).Request;
            var ofTheirs = await AnyMethod.CallAsync(bob, method, request(theirs));
            var ofNobodys = await AnyMethod.CallAsync(bob, method, request(nobodys));

            Assert.Equal(StatusCode.NotFound, ofTheirs.Status);
            Assert.Equal(ofNobodys, ofTheirs.About(theirs, nobodys));
        }
    }

    [Fact]
    public async Task Bob_has_not_stopped_the_task_that_he_could_not_find()
    {
        var task = await _server.Client().StartAsync("sleep", "300");
        var bob = _server.Client(_server.Certificates.Bob);

        var refusal = await Assert.ThrowsAsync<RpcException>(() => bob.SignalAsync(task));

        Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
        var state = (await _server.Client().QueryAsync(task)).StatusCode;
        Assert.Equal(Protocol.TaskStatusCode.Running, state);
    }
}
