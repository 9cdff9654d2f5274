namespace Levity.Cli.Tests.Configuration;

/// <summary>A home with a file of contexts, and a file of the system's administrator.</summary>
internal sealed class UserFiles : IDisposable
{
    private const UnixFileMode OfOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryDirectory _directory = new();

    public UserFiles() => Variables["HOME"] = Home;

    public Dictionary<string, string> Variables { get; } = [];

    public string Home => _directory.PathOf("home");

    public string Folder => Path.Combine(Home, ".config", "levity");

    public string UserFile => Path.Combine(Folder, "config.toml");

    public string SystemFile => _directory.PathOf("config.toml");

    public string Text => File.ReadAllText(UserFile);

    public void Write(string text)
    {
        Directory.CreateDirectory(Folder);
        Write(UserFile, text);
    }

    public void WriteOfSystem(string text) => Write(SystemFile, text);

    public Task<CommandRun> RunAsync(params IReadOnlyList<string> args) =>
        CommandRun.ExecuteAsync(args, Variables, systemFile: SystemFile);

    /// <returns>What <c>levity config view</c> says of a setting: its value, and what says so.</returns>
    public async Task<(string Value, string Origin)> ViewAsync(string setting, params IReadOnlyList<string> args)
    {
        var run = await RunAsync([.. args, "config", "view"]);
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        var columns = run.Output.Split('\n').Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries))
            .Single(columns => columns.Length == 3 && columns[0] == setting);
        return (columns[1].Trim(), columns[2].Trim());
    }

    public void Dispose() => _directory.Dispose();

    private static void Write(string path, string text)
    {
        using (var file = new StreamWriter(path))
        {
            file.Write(text);
        }

        File.SetUnixFileMode(path, OfOwner);
    }
}
