using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Tests.Fixtures;

namespace Levity.Supervisor.Tests.State;

/// <summary>A program of a release before takes over as long as nothing is lost by that.</summary>
public sealed class OlderProgramTests : IAsyncLifetime
{
    private SupervisorUnderTest _supervisor = null!;
    private string _older = null!;

    public static TheoryData<string, int, Action<StartChild>> WhatItKnowsNothingOf => new()
    {
        { "a timeout", 2, child => child.TimeoutMs = 3_600_000 },
        { "a stop signal", 2, child => child.StopSignal = 2 },
        { "an input", 2, child => child.WithInput() },
        { "a terminal", 2, child => child.WithTerminal(30, 90) },
        { "another attempt", 3, child => child.Retry = new ChildRetry { MostRetries = 1 } },
    };

    public async ValueTask InitializeAsync()
    {
        _supervisor = await SupervisorUnderTest.StartAsync();
        _older = Path.Combine(_supervisor.StateDirectory, "older");
        await File.WriteAllTextAsync(
            _older,
            $"#!/bin/sh\n[ \"$1\" = version ] || exec {SupervisorUnderTest.Program} \"$@\"\n"
                + "printf 'version 0.1.0\\nprotocol 1 3\\nstate 1 1\\n'\n",
            TestContext.Current.CancellationToken);
        File.SetUnixFileMode(_older, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public ValueTask DisposeAsync() => _supervisor.DisposeAsync();

    [Theory]
    [MemberData(nameof(WhatItKnowsNothingOf))]
    public async Task It_can_only_while_there_is_nothing_that_it_does_not_know_of(string what, int needed, Action<StartChild> add)
    {
        await using (var before = await _supervisor.HelloAsync())
        {
            await before.StartAsync(SupervisorUnderTest.Command(TaskId.New(), "sleep", "300"));
            Assert.Equal((0, ""), await _supervisor.RunAsync("upgrade", "--program", _older));
        }

        await using var client = await _supervisor.HelloAsync();
        var command = SupervisorUnderTest.Command(TaskId.New(), "sleep", "300");
        add(command);
        Assert.NotNull((await client.StartAsync(command)).ChildStarted);

        var (exitCode, error) = await _supervisor.RunAsync("upgrade", "--program", _older);

        Assert.Equal((what, 1), (what, exitCode));
        Assert.Contains($"has to write version {needed}", error, StringComparison.Ordinal);
    }
}
