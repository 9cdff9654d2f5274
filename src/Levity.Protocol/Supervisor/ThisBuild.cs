using System.Reflection;

namespace Levity.Protocol.Supervisor;

/// <summary>Which build of Levity this is: levityd and its supervisor are built together, and may run apart.</summary>
public static class ThisBuild
{
    /// <summary>The release, and the commit where it is known: 0.1.0+5a5a2aa.</summary>
    public static string Version { get; } = typeof(ThisBuild).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
