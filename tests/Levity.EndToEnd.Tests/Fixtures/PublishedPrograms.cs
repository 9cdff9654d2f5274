using System.Reflection;
using Levity.EndToEnd.Tests.Fixtures;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestPipelineStartup(typeof(PublishedPrograms))]

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>
/// The programs under test, as they are published; LEVITY_BIN says where, otherwise they are in the repository's bin/.
/// Without them no test begins: that is said once, and not by each test.
/// </summary>
public sealed class PublishedPrograms : ITestPipelineStartup
{
    public static string Levity { get; } = PathOf("levity");

    public static string Levityd { get; } = PathOf("levityd");

    public static string Supervisor { get; } = PathOf("levity-supervisor");

    public static string RepositoryRoot => typeof(PublishedPrograms).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    public ValueTask StartAsync(IMessageSink diagnosticMessageSink)
    {
        string[] programs = [Levity, Levityd, Supervisor];
        return programs.FirstOrDefault(path => !File.Exists(path)) is { } missing
            ? throw new FileNotFoundException($"run make build first: there is no {missing}")
            : ValueTask.CompletedTask;
    }

    public ValueTask StopAsync() => ValueTask.CompletedTask;

    private static string PathOf(string program) => Path.GetFullPath(
        Environment.GetEnvironmentVariable("LEVITY_BIN") is { Length: > 0 } directory
            ? Path.Combine(directory, program)
            : Path.Combine(RepositoryRoot, "bin", program));
}
