using System.Globalization;

namespace Levity.Soak.Load;

/// <summary>What the tasks themselves say they did, in files that only they write.</summary>
internal sealed class GroundTruth
{
    public GroundTruth(string directory)
    {
        Directory = directory;
        NotExecutable = Path.Combine(directory, "not-executable");
        NoFormat = Path.Combine(directory, "no-format");
        File.WriteAllBytes(NotExecutable, "#!/bin/sh\n"u8);
        File.WriteAllBytes(NoFormat, "neither a script nor a program\n"u8);
        File.SetUnixFileMode(NoFormat, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public string Directory { get; }

    public string Missing => Path.Combine(Directory, "missing");

    public string NotExecutable { get; }

    public string NoFormat { get; }

    /// <summary>Lets all <see cref="ErrandKind.Tick"/> tasks come to their end.</summary>
    public void OpenGate() => File.WriteAllBytes(Path.Combine(Directory, "gate"), []);

    /// <summary>Each execution of an errand: its token and the id that it was told.</summary>
    public ILookup<string, string> Starts() =>
        Read("starts").ToLookup(fields => fields[0], fields => fields[1]);

    /// <summary>What an errand was about to exit with, after how many lines.</summary>
    public IReadOnlyDictionary<string, (int Code, int Lines)> Ends() => Read("ends")
        .DistinctBy(fields => fields[0])
        .ToDictionary(fields => fields[0], fields => (Number(fields[1]), Number(fields[2])));

    /// <summary>The errands that have heard a bell and have written so, after so many lines at least.</summary>
    public IReadOnlySet<string> Heard(int lines) =>
        Read("heard").Where(fields => Number(fields[1]) >= lines).Select(fields => fields[0]).ToHashSet();

    private IEnumerable<string[]> Read(string name)
    {
        var path = Path.Combine(Directory, name);
        return File.Exists(path) ? File.ReadLines(path).Select(line => line.Split(' ')).ToList() : [];
    }

    private static int Number(string field) => int.Parse(field, CultureInfo.InvariantCulture);
}
