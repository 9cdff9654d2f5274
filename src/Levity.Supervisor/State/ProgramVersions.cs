using System.Globalization;
using Levity.Protocol.Supervisor;

namespace Levity.Supervisor.State;

/// <summary>
/// What a levity-supervisor speaks and reads, as its verb "version" tells it to people and to other versions of itself.
/// </summary>
internal static class ProgramVersions
{
    // One word and its values a line. Lines may be added, and unknown ones are passed over.
    private const string Version = "version";
    private const string Protocol = "protocol";
    private const string State = "state";

    /// <summary>The versions of HandOver that this program reads and writes; it writes the newest that it has to.</summary>
    public static VersionRange HandOver { get; } = new(1, 3);

    public static ProgramVersion Own { get; } = new()
    {
        Version = ThisBuild.Version,
        OldestProtocolVersion = ControlProtocol.Versions.Oldest,
        NewestProtocolVersion = ControlProtocol.Versions.Newest,
        OldestStateVersion = HandOver.Oldest,
        NewestStateVersion = HandOver.Newest,
    };

    public static VersionRange ProtocolOf(ProgramVersion program) =>
        new(program.OldestProtocolVersion, program.NewestProtocolVersion);

    public static VersionRange StateOf(ProgramVersion program) =>
        new(program.OldestStateVersion, program.NewestStateVersion);

    public static string ToText(ProgramVersion program) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {Version} {program.Version}
        {Protocol} {program.OldestProtocolVersion} {program.NewestProtocolVersion}
        {State} {program.OldestStateVersion} {program.NewestStateVersion}

        """);

    /// <summary>Null when that is not what a levity-supervisor says.</summary>
    public static ProgramVersion? TryParse(string text)
    {
        var program = new ProgramVersion();
        foreach (var line in text.Split('\n'))
        {
            switch (line.Split(' '))
            {
                case [Version, var version]:
                    program.Version = version;
                    break;
                case [Protocol, var oldest, var newest] when TryParse(oldest, newest, out var range):
                    (program.OldestProtocolVersion, program.NewestProtocolVersion) = (range.Oldest, range.Newest);
                    break;
                case [State, var oldest, var newest] when TryParse(oldest, newest, out var range):
                    (program.OldestStateVersion, program.NewestStateVersion) = (range.Oldest, range.Newest);
                    break;
            }
        }

        return IsWhole(program) ? program : null;
    }

    /// <summary>Whether all is said that there is to say.</summary>
    public static bool IsWhole(ProgramVersion program) =>
        program is { Version: not "", OldestProtocolVersion: > 0, OldestStateVersion: > 0 }
        && program.OldestProtocolVersion <= program.NewestProtocolVersion
        && program.OldestStateVersion <= program.NewestStateVersion;

    private static bool TryParse(string oldest, string newest, out VersionRange range)
    {
        range = default;
        var isRange = uint.TryParse(oldest, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            & uint.TryParse(newest, NumberStyles.None, CultureInfo.InvariantCulture, out var last);
        range = new VersionRange(first, last);
        return isRange;
    }
}
