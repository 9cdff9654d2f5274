using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.OtherClients;

/// <summary>The programs of examples/, built as their README says: when the first test wants one, and once.</summary>
public sealed class BuiltExamples
{
    private readonly Lazy<Task<string[]>> _python = new(BuildPythonAsync);
    private readonly Lazy<Task<string[]>> _typescript = new(BuildTypeScriptAsync);

    /// <returns>The beginning of a command line: what is run, and its arguments, come behind.</returns>
    internal Task<string[]> CommandAsync(string language) => language switch
    {
        "csharp" => Task.FromResult<string[]>(["dotnet", Path.Combine(Built("bin/RunExample"), Configuration, "run.dll")]),
        "python" => _python.Value,
        _ => _typescript.Value,
    };

    // artifacts/bin/PROJECT/CONFIGURATION/: that of the example is the same as ours.
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Name;

    private static async Task<string[]> BuildPythonAsync()
    {
        const string python = "/usr/bin/python3";
        await MachineTool.NeedAsync("python3-grpcio and python3-protobuf", python, "-c", "import grpc, google.protobuf");
        await MachineTool.NeedAsync("protobuf-compiler-grpc", "which", "protoc", "grpc_python_plugin");
        await MachineTool.NeedAsync("libprotobuf-dev", "test", "-e", "/usr/include/google/protobuf/timestamp.proto");
        await BuildAsync("python");
        return [python, Built("examples/python/run.py")];
    }

    private static async Task<string[]> BuildTypeScriptAsync()
    {
        await MachineTool.NeedAsync("typescript of package.json", "test", "-e", InRepository("node_modules/.bin/tsc"));
        await BuildAsync("typescript");
        return ["node", Built("examples/typescript/run.js"), InRepository("api/levity.proto")];
    }

    private static async Task BuildAsync(string language)
    {
        var result = await RunningProgram.RunAsync(
            [InRepository($"examples/{language}/build"), Built($"examples/{language}")]);
        Assert.True(result.ExitCode == 0, $"examples/{language}/build: {result.OutputText}{result.ErrorText}");
    }

    private static string Built(string path) => InRepository($"artifacts/{path}");

    private static string InRepository(string path) => Path.Combine(PublishedPrograms.RepositoryRoot, path);
}
