using System.Diagnostics;
using Levity.Daemon.Registry;
using Levity.Daemon.Registry.Sqlite;
using Levity.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Levity.Daemon.Tests.Registry.Sqlite;

public sealed class KilledWriterTests
{
    private const string FileVariable = "LEVITY_TEST_REGISTRY";
    private const string Acknowledgement = "acknowledged ";
    private const int Enough = 300;

    [Fact]
    public async Task A_writer_that_is_killed_has_written_all_that_it_acknowledged()
    {
        using var directory = new TemporaryDirectory();
        var file = directory["registry.db"];

        var acknowledged = await WriteUntilKilledAsync(file);

        await using var registry = SqliteTaskRegistry.Open(file, NullLogger.Instance);
        var kept = await Soon.Async(registry.LoadAsync(TestContext.Current.CancellationToken));
        Assert.True(acknowledged.Count >= Enough);
        Assert.Empty(acknowledged.Except(kept.Select(record => record.Id.ToString())));
    }

    /// <summary>Not a test: the writer, in a process of its own that the test above starts and kills.</summary>
    [Fact(Explicit = true)]
    public async Task Writes_until_it_is_killed()
    {
        var file = Environment.GetEnvironmentVariable(FileVariable);
        Assert.SkipWhen(file is null, "only for the test above");
        await using var registry = SqliteTaskRegistry.Open(file!, NullLogger.Instance);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => WriteAsync(registry)));
    }

    private static async Task WriteAsync(SqliteTaskRegistry registry)
    {
        while (true)
        {
            var record = new TaskRecord
            {
                Id = TaskId.New(),
                Owner = "alice",
                CreatedAt = DateTimeOffset.UnixEpoch,
                Request = new StartTaskRequest { Binary = "true" },
                State = TaskState.NotStarted,
            };
            await registry.AddAsync(record, CancellationToken.None);
            await Console.Out.WriteAsync($"{Acknowledgement}{record.Id}\n");
        }
    }

    private static Task<string?> ReadLineAsync(Process writer) =>
        Soon.Async(writer.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask());

    private static async Task<List<string>> WriteUntilKilledAsync(string file)
    {
        var byDotnet = Path.GetFileName(Environment.ProcessPath) == "dotnet";
        string[] itself = byDotnet ? [Environment.GetCommandLineArgs()[0]] : [];
        string[] method = ["-method", $"*{nameof(KilledWriterTests)}.{nameof(Writes_until_it_is_killed)}"];
        var start = new ProcessStartInfo(Environment.ProcessPath!, [.. itself, .. method, "-explicit", "only"])
        {
            RedirectStandardOutput = true,
            Environment = { [FileVariable] = file },
        };
#pragma warning disable RS0030 // Not a task: the test itself once more.
        using var writer = Process.Start(start)!;
#pragma warning restore RS0030
        var acknowledged = new List<string>();
        while (await ReadLineAsync(writer) is { } line)
        {
            // The last line may be cut: what was not said to its end was not acknowledged.
            if (line.StartsWith(Acknowledgement, StringComparison.Ordinal)
                && TaskId.TryParse(line[Acknowledgement.Length..], out var id))
            {
                acknowledged.Add(id.ToString());
            }

            if (acknowledged.Count == Enough)
            {
                writer.Kill();
            }
        }

        await writer.WaitForExitAsync(TestContext.Current.CancellationToken);
        return acknowledged;
    }
}
