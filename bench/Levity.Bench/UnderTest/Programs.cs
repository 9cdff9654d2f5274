using System.Reflection;

namespace Levity.Bench.UnderTest;

/// <summary>The published programs, in bin/ or where LEVITY_BIN says.</summary>
internal sealed class Programs
{
    private Programs(string directory)
    {
        Levity = Path.Combine(directory, "levity");
        Levityd = Path.Combine(directory, "levityd");
        Supervisor = Path.Combine(directory, "levity-supervisor");
    }

    public static string RepositoryRoot { get; } = typeof(Programs).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>This program: it is also some of the peers.</summary>
    public static string Bench { get; } = Path.Combine(AppContext.BaseDirectory, "Levity.Bench");

    public string Levity { get; }

    public string Levityd { get; }

    public string Supervisor { get; }

    /// <exception cref="FileNotFoundException">One of them is not there.</exception>
    public static Programs Find()
    {
        var programs = new Programs(Path.GetFullPath(
            Environment.GetEnvironmentVariable("LEVITY_BIN") is { Length: > 0 } directory
                ? directory
                : Path.Combine(RepositoryRoot, "bin")));
        string[] all = [programs.Levity, programs.Levityd, programs.Supervisor];
        return all.FirstOrDefault(path => !File.Exists(path)) is { } missing
            ? throw new FileNotFoundException($"run `make build` first: there is no {missing}")
            : programs;
    }
}
