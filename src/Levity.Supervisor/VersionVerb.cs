using Levity.Supervisor.State;

namespace Levity.Supervisor;

/// <summary>Tells what this program speaks and reads: to people, and to a supervisor that is to execute it.</summary>
internal static class VersionVerb
{
    public static int Run(TextWriter output)
    {
        output.Write(ProgramVersions.ToText(ProgramVersions.Own));
        return 0;
    }
}
