using Grpc.Core;
using Grpc.Reflection.V1;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Access;

/// <summary>Each method × each kind of caller, against the running server.</summary>
public sealed class AccessMatrixTests(AccessServer shared, ITestOutputHelper output) : IClassFixture<AccessServer>
{
    private readonly LevityServer _server = shared.Server;
    private readonly TestClient _owner = shared.Server.Client(shared.Callers.Of(Caller.Owner, Shown.Valid));

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
    public async Task Each_method_answers_each_role_with_each_kind_of_certificate_as_its_row_says()
    {
        (Caller Caller, Shown Shown)[] columns =
        [
            .. from shown in Enum.GetValues<Shown>()
               from caller in Enum.GetValues<Caller>()
               where shown != Shown.Nothing || caller == Caller.Owner
               select (caller, shown),
        ];
        var tasks = new Dictionary<(Caller, Shown), string>();
        foreach (var column in columns)
        {
            // Of its own for each, because some may remove it.
            tasks[column] = await SharedTaskAsync();
        }

        var tasksBefore = _server.LogIds.Count;
        var answers = new Dictionary<(string, Caller, Shown), Answer>();
        foreach (var (caller, shown) in columns)
        {
            foreach (var method in AccessMatrix.Methods)
            {
                // Fresh for each: SocketsHttpHandler sometimes forgets a call that comes just when it learns that the
                // connection of the call before was refused, and then waits for ever, without any connection.
                using var client = new TestClient(
                    _server.Address, _server.Certificates.ServerCa, shared.Callers.Of(caller, shown));
                var request = AccessMatrix.RowOf(method).Request(tasks[(caller, shown)]);
                answers[(AnyMethod.NameOf(method), caller, shown)] =
                    await AnyMethod.CallAsync(client.Invoker, method, request);
            }
        }

        var wrong =
            from method in AccessMatrix.Methods
            from column in columns
            let answer = answers[(AnyMethod.NameOf(method), column.Caller, column.Shown)]
            let expected = column.Shown == Shown.Valid ? AccessMatrix.RowOf(method).For(column.Caller) : (StatusCode?)null
            where answer.Status != expected
            select $"{AnyMethod.NameOf(method)}, {column}: {answer}, not {expected?.ToString() ?? "refused"} ({answer.Detail})";
        var table = MatrixTable.Of(
            AccessMatrix.Methods.Select(AnyMethod.NameOf),
            (method, caller, shown) => answers[(method, caller, shown)].ToString());
        output.WriteLine(table);
        Assert.Empty(wrong);

        // Three may start a task, and two may remove one; all who were refused have changed nothing.
        Assert.Equal(tasksBefore + 3 - 2, _server.LogIds.Count);
        MatrixTable.AssertDocumented(table);
    }

    [Fact]
    public async Task A_role_is_its_holders_name_letter_by_letter_and_by_our_authority()
    {
        var task = await _owner.StartAsync("sleep", "300");
        foreach (var name in (string[])["Adam", "ADAM", "adam2", "ada", "adam@example.org"])
        {
            using var nearly = _server.Client(_server.Certificates.Clients.IssueUser($"nearly-{name}", name));
            var refusal = await Assert.ThrowsAsync<RpcException>(() => nearly.QueryAsync(task));
            Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
        }

        using var renewed = _server.Client(_server.Certificates.Clients.IssueUser("adams-next", "adam"));
        Assert.Equal(Protocol.TaskStatusCode.Running, (await renewed.QueryAsync(task)).StatusCode);
    }

    [Fact]
    public async Task A_task_of_somebody_else_is_not_found_in_the_very_words_of_one_that_never_was()
    {
        var theirs = await SharedTaskAsync();
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

    private async Task<string> SharedTaskAsync()
    {
        var task = await _owner.StartAsync(new Protocol.StartTaskRequest
        {
            Binary = "sh",
            Args = { "-c", "echo hello; exec sleep 300" },
            Stdin = true,
        });
        await _owner.ShareAsync(task, Callers.NameOf(Caller.Reader), read: true);
        await _owner.ShareAsync(task, Callers.NameOf(Caller.Signaller), signal: true);
        await _owner.ShareAsync(task, Callers.NameOf(Caller.Attacher), attach: true);
        return task;
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
