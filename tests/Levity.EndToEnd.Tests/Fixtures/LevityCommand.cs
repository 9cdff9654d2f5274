namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>bin/levity, set up for a server and a user as a person would: with variables.</summary>
internal sealed class LevityCommand(LevityServer server, Identity user)
{
    public IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["LEVITY_ADDRESS"] = server.Address,
        ["LEVITY_CA"] = server.Certificates.ServerCa,
        ["LEVITY_CERTIFICATE"] = user.CertificateFile,
        ["LEVITY_KEY"] = user.KeyFile,
    };

    /// <summary>Runs it to its end.</summary>
    public Task<ProgramResult> RunAsync(params IReadOnlyList<string> arguments) =>
        RunningProgram.RunAsync([PublishedPrograms.Levity, .. arguments], Environment);

    public RunningProgram Start(params IReadOnlyList<string> arguments) =>
        RunningProgram.Start([PublishedPrograms.Levity, .. arguments], Environment);

    /// <summary>Starts a task: its id.</summary>
    public async Task<string> StartTaskAsync(params IReadOnlyList<string> arguments) =>
        (await RunAsync(["start", .. arguments])).Successful().OutputText.TrimEnd('\n');
}
