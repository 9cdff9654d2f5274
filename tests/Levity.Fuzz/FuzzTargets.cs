using Levity.Fuzz.Targets;

namespace Levity.Fuzz;

/// <summary>All that can be fuzzed. Each has its inputs in Corpus/, in the directory of its name.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyDictionary<string, Func<IFuzzTarget>> All { get; } = new Dictionary<string, Func<IFuzzTarget>>
    {
        ["certificate"] = () => new CertificateTarget(),
        ["config"] = () => new ConfigurationTarget(),
        ["crl"] = () => new RevocationListTarget(),
        ["frame"] = () => new FrameTarget(),
        ["message"] = () => new MessageTarget(),
        ["request"] = () => new RequestTarget(),
    };
}
