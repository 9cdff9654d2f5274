using CsCheck;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Levity.Daemon.Registry;
using Levity.Protocol;
using Levity.Protocol.Registry;

namespace Levity.Daemon.Tests.Registry;

/// <summary>What every registry promises. A new one inherits this suite and says how it is opened.</summary>
public abstract class TaskRegistryContract
{
    private static readonly TaskState[] States = System.Enum.GetValues<TaskState>();

    private static readonly DateTimeOffset Noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Opens the same registry each time, which no one else has open.</summary>
    private protected abstract ITaskRegistry Open();

    [Fact]
    public async Task A_new_registry_is_empty() => Assert.Empty(await ReadBackAsync());

    [Fact]
    public async Task All_of_a_record_comes_back()
    {
        var record = NewRecord() with
        {
            State = TaskState.BrutallyKilled,
            ExitCode = -1,
            Ending = FullEnding(),
            RequestKey = "key-1",
            BootId = "5e0b8d4c-0f8e-4a51-9d60-6d5f0f7f9f1e",
            AskedAt = Noon,
            Details = FullDetails(),
        };

        await ChangeAsync(registry => registry.AddAsync(record, Cancelled));

        Assert.Equal(record, Assert.Single(await ReadBackAsync()));
    }

    [Fact]
    public async Task Unusual_text_comes_back_as_it_was()
    {
        var request = new StartTaskRequest
        {
            Binary = "'); DROP TABLE tasks; --",
            Args = { "", "\n\r\t\x01\x7f", "\"'`$(id)", "😀é\u202e", "{0}%s", new string('x', 1_000_000) },
            WorkingDir = "/tmp/\u00a0",
            Environment = { ["="] = "", ["ü"] = "\ufeff", [""] = "\0" },
        };
        var record = NewRecord() with
        {
            Owner = "o'hara@example.org+\"x\"",
            RequestKey = "'; -- ü😀",
            BootId = "",
            Request = request,
            Ending = new Ending { Reason = "why\0\n?", StopRequestedBy = "" },
        };

        await ChangeAsync(registry => registry.AddAsync(record, Cancelled));

        Assert.Equal(record, Assert.Single(await ReadBackAsync()));
    }

    [Fact]
    public async Task Each_state_comes_back()
    {
        var records = States.Select(state => NewRecord() with { State = state }).ToList();

        await ChangeAsync(registry => Task.WhenAll(records.Select(record => registry.AddAsync(record, Cancelled))));

        AssertSame(records, await ReadBackAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public async Task An_exit_code_is_not_its_absence(int? code)
    {
        await ChangeAsync(registry => registry.AddAsync(NewRecord() with { ExitCode = code }, Cancelled));

        Assert.Equal(code, Assert.Single(await ReadBackAsync()).ExitCode);
    }

    [Fact]
    public async Task A_time_comes_back_to_its_smallest_fraction()
    {
        var exact = new DateTimeOffset(2026, 11, 24, 12, 34, 56, TimeSpan.FromHours(5.5)).AddTicks(1_234_567);

        await ChangeAsync(registry => registry.AddAsync(NewRecord() with { CreatedAt = exact }, Cancelled));

        Assert.Equal(exact.UtcTicks, Assert.Single(await ReadBackAsync()).CreatedAt.UtcTicks);
    }

    [Fact]
    public async Task An_update_replaces_the_state_the_code_and_the_ending_and_nothing_else()
    {
        var before = NewRecord() with { RequestKey = "key", BootId = "boot", AskedAt = Noon };
        var after = before with { State = TaskState.Finished, ExitCode = 3, Ending = FullEnding(), Details = FullDetails() };
        var bystander = NewRecord() with { RequestKey = "another" };

        await ChangeAsync(async registry =>
        {
            await registry.AddAsync(before, Cancelled);
            await registry.AddAsync(bystander, Cancelled);
            await registry.UpdateAsync(after with { AskedAt = Noon.AddDays(1) }, Cancelled);
        });

        AssertSame([after, bystander], await ReadBackAsync());
    }

    [Fact]
    public async Task A_removed_record_is_gone_and_the_others_are_not()
    {
        var records = Enumerable.Range(0, 3).Select(_ => NewRecord()).ToList();

        await ChangeAsync(async registry =>
        {
            await Task.WhenAll(records.Select(record => registry.AddAsync(record, Cancelled)));
            await registry.RemoveAsync(records[1].Id, Cancelled);
        });

        AssertSame([records[0], records[2]], await ReadBackAsync());
    }

    [Fact]
    public async Task Removing_what_is_not_there_does_nothing()
    {
        var record = NewRecord();

        await ChangeAsync(async registry =>
        {
            await registry.AddAsync(record, Cancelled);
            await registry.RemoveAsync(TaskId.New(), Cancelled);
        });

        Assert.Equal(record, Assert.Single(await ReadBackAsync()));
    }

    [Fact]
    public async Task A_second_record_of_a_task_is_refused_and_harms_no_other()
    {
        var first = NewRecord();
        var later = NewRecord();

        await ChangeAsync(async registry =>
        {
            await registry.AddAsync(first, Cancelled);
            await Assert.ThrowsAsync<RegistryUnavailableException>(
                () => registry.AddAsync(first with { Owner = "mallory" }, Cancelled));
            await registry.AddAsync(later, Cancelled);
        });

        AssertSame([first, later], await ReadBackAsync());
    }

    [Fact]
    public async Task A_second_record_with_an_owners_key_is_refused_and_harms_no_other()
    {
        var first = NewRecord() with { RequestKey = "key" };
        var later = NewRecord();

        await ChangeAsync(async registry =>
        {
            await registry.AddAsync(first, Cancelled);
            await Assert.ThrowsAsync<RegistryUnavailableException>(
                () => registry.AddAsync(NewRecord() with { RequestKey = "key" }, Cancelled));
            await registry.AddAsync(later, Cancelled);
        });

        AssertSame([first, later], await ReadBackAsync());
    }

    [Fact]
    public async Task Owners_do_not_share_keys_and_records_need_none()
    {
        TaskRecord[] records =
        [
            NewRecord() with { RequestKey = "key" }, NewRecord() with { RequestKey = "key", Owner = "bob" },
            NewRecord() with { RequestKey = "Key" }, NewRecord(), NewRecord(),
        ];

        await ChangeAsync(registry => Task.WhenAll(records.Select(record => registry.AddAsync(record, Cancelled))));

        AssertSame(records, await ReadBackAsync());
    }

    [Fact]
    public async Task A_removed_record_leaves_its_key_to_another()
    {
        var first = NewRecord() with { RequestKey = "key" };
        var second = NewRecord() with { RequestKey = "key" };

        await ChangeAsync(async registry =>
        {
            await registry.AddAsync(first, Cancelled);
            await registry.RemoveAsync(first.Id, Cancelled);
            await registry.AddAsync(second, Cancelled);
        });

        AssertSame([second], await ReadBackAsync());
    }

    [Fact]
    public async Task Touching_changes_when_tasks_were_asked_about_and_nothing_else()
    {
        TaskRecord[] records =
        [
            NewRecord(),
            NewRecord() with { AskedAt = Noon },
            NewRecord() with { AskedAt = Noon, State = TaskState.Finished, Ending = FullEnding() },
        ];
        var earliest = new DateTimeOffset(0, TimeSpan.Zero);
        var latest = DateTimeOffset.MaxValue;

        await ChangeAsync(async registry =>
        {
            await Task.WhenAll(records.Select(record => registry.AddAsync(record, Cancelled)));
            await registry.TouchAsync([(records[0].Id, Noon), (records[1].Id, earliest)], Cancelled);
            await registry.TouchAsync([(records[0].Id, latest), (TaskId.New(), Noon)], Cancelled);
        });

        AssertSame(
            [records[0] with { AskedAt = latest }, records[1] with { AskedAt = earliest }, records[2]],
            await ReadBackAsync());
    }

    [Fact]
    public async Task What_many_callers_add_at_once_is_all_there()
    {
        var records = Enumerable.Range(0, 5000).Select(i => NewRecord() with { Owner = $"user-{i}" }).ToList();

        await ChangeAsync(registry => Task.WhenAll(
            records.Chunk(50).Select(chunk => Task.Run(
                async () =>
                {
                    foreach (var record in chunk)
                    {
                        await registry.AddAsync(record, Cancelled);
                    }
                },
                Cancelled))));

        AssertSame(records, await ReadBackAsync());
    }

    [Fact]
    public async Task What_was_asked_for_before_the_end_happens_before_the_end()
    {
        var records = Enumerable.Range(0, 500).Select(_ => NewRecord()).ToList();
        var registry = Open();

        var adding = Task.WhenAll(records.Select(record => registry.AddAsync(record, Cancelled)));
        await registry.DisposeAsync();
        await Soon.Async(adding);

        AssertSame(records, await ReadBackAsync());
    }

    [Fact]
    public async Task Any_sequence_of_changes_leaves_what_it_should() =>
        await Gen.Select(Gen.Int[0, 4], Gen.Enum<Change>(), Gen.Enum<TaskState>(), Gen.Int).Array[0, 30].SampleAsync(
            async changes =>
            {
                var ids = Enumerable.Range(0, 5).Select(_ => TaskId.New()).ToList();
                var model = new Dictionary<TaskId, TaskRecord>();
                await ChangeAsync(async registry =>
                {
                    foreach (var (number, change, state, code) in changes)
                    {
                        var record = NewRecord() with { Id = ids[number], State = state, ExitCode = code };
                        await ApplyAsync(registry, model, change, record);
                    }
                });

                var read = (await ReadBackAsync()).Where(record => ids.Contains(record.Id));
                AssertSame(model.Values, read);
            },
            iter: 10,
            threads: 1);

    private protected static TaskRecord NewRecord() => new()
    {
        Id = TaskId.New(),
        Owner = "alice",
        CreatedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Request = new StartTaskRequest { Binary = "sleep", Args = { "1" }, Environment = { ["A"] = "b" } },
        State = TaskState.NotStarted,
    };

    private protected static void AssertSame(IEnumerable<TaskRecord> expected, IEnumerable<TaskRecord> actual) =>
        Assert.Equal(expected.OrderBy(record => record.Id.ToString()), actual.OrderBy(record => record.Id.ToString()));

    private protected async Task ChangeAsync(Func<ITaskRegistry, Task> change)
    {
        await using var registry = Open();
        await Soon.Async(change(registry));
    }

    private protected async Task<IReadOnlyList<TaskRecord>> ReadBackAsync()
    {
        await using var registry = Open();
        return await Soon.Async(registry.LoadAsync(Cancelled));
    }

    private static async Task ApplyAsync(
        ITaskRegistry registry, Dictionary<TaskId, TaskRecord> model, Change change, TaskRecord record)
    {
        switch (change)
        {
            case Change.Add when model.TryAdd(record.Id, record):
                await registry.AddAsync(record, Cancelled);
                break;
            case Change.Update when model.TryGetValue(record.Id, out var before):
                model[record.Id] = before with { State = record.State, ExitCode = record.ExitCode };
                await registry.UpdateAsync(model[record.Id], Cancelled);
                break;
            case Change.Touch when model.TryGetValue(record.Id, out var before):
                model[record.Id] = before with { AskedAt = Noon.AddTicks(record.ExitCode!.Value) };
                await registry.TouchAsync([(record.Id, Noon.AddTicks(record.ExitCode!.Value))], Cancelled);
                break;
            case Change.Remove:
                model.Remove(record.Id);
                await registry.RemoveAsync(record.Id, Cancelled);
                break;
        }
    }

    private static Ending FullEnding() => new()
    {
        Signal = 9,
        StopRequestedBy = "bob",
        GraceExpired = true,
        ProcessesKilled = 7,
        StartedAt = new Timestamp { Seconds = 1, Nanos = 2 },
        EndedAt = new Timestamp { Seconds = 3, Nanos = 4 },
        Usage = new ResourceUsage
        {
            UserTime = new Duration { Nanos = 5 },
            SystemTime = new Duration(),
            MaxRssBytes = long.MaxValue,
        },
        Reason = "because",
    };

    private static TaskDetails FullDetails() => new()
    {
        Shares =
        {
            new TaskShare
            {
                User = "o'hara@example.org",
                Read = true,
                Signal = true,
                SharedAt = new Timestamp { Seconds = 5 },
                ExpiresAt = new Timestamp { Seconds = 6, Nanos = 7 },
            },
            new TaskShare { User = "carol", Read = true },
        },
        Account = "nobody",
        Certificate = new StartingCertificate
        {
            Chain =
            {
                new StartingCertificate.Types.Number
                {
                    Issuer = ByteString.CopyFromUtf8("CN=x"),
                    Serial = ByteString.CopyFrom(0, 0xff, 1),
                },
            },
            NotAfter = new Timestamp { Seconds = 1_700_000_000 },
        },
    };

    private enum Change
    {
        Add,
        Update,
        Touch,
        Remove,
    }
}
