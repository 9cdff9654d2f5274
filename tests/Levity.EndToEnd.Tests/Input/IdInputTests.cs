using Google.Protobuf;
using Grpc.Core;
using Levity.EndToEnd.Tests.Access;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Input;

/// <summary>Ids that are none: no method takes them for anything else.</summary>
public sealed class IdInputTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Some = "0e0f2a3c-6f0c-4d4e-9a51-1c2d3e4f5a6b";

    private readonly LevityServer _server = shared.Server;

    public static TheoryData<string> Ids =>
    [
        "", " ", ".", "..", "../x", "/etc/passwd", "a/b", "%2e%2e%2fx", "..∕x", "\0",
        $"{Some}\0", $"{Some}\n", $" {Some}",
        Some.ToUpperInvariant(), Some.Replace("-", "", StringComparison.Ordinal), $"{{{Some}}}", $"{Some}/..",
        new string('a', 10_240),
    ];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Each_method_says_that_it_is_no_id(string id)
    {
        var invoker = _server.Client().Invoker;
        foreach (var method in AccessMatrix.Methods.Where(m => AccessMatrix.RowOf(m).Other == StatusCode.NotFound))
        {
            var answer = await AnyMethod.CallAsync(invoker, method, AccessMatrix.RowOf(method).Request(id));

            Assert.Equal(StatusCode.InvalidArgument, answer.Status);
            Assert.StartsWith("task_id.id", answer.Detail, StringComparison.Ordinal);
            Assert.InRange(answer.Detail.Length, 1, 512);
        }
    }

    [Fact]
    public async Task Each_method_says_that_there_is_no_handle()
    {
        // StreamStats without one is about all tasks of the caller.
        var invoker = _server.Client().Invoker;
        foreach (var method in AccessMatrix.Methods.Where(
            m => AccessMatrix.RowOf(m).Other == StatusCode.NotFound && m.Name != nameof(TaskManager.TaskManagerClient.StreamStats)))
        {
            var request = (IMessage)Activator.CreateInstance(method.InputType.ClrType)!;
            var answer = await AnyMethod.CallAsync(invoker, method, request);

            Assert.Equal(StatusCode.InvalidArgument, answer.Status);
            Assert.StartsWith("task_id", answer.Detail, StringComparison.Ordinal);
        }
    }
}
