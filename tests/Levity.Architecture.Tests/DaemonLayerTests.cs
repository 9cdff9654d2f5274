using System.Text.RegularExpressions;

namespace Levity.Architecture.Tests;

/// <summary>Inside levityd: Api → Tasks → { Registry, Supervision, LogStreaming }, joined only in Hosting.</summary>
public sealed partial class DaemonLayerTests
{
    private const string Daemon = "src/Levity.Daemon";
    private const string Composition = "Hosting";

    // Security decides about tasks by their records. Api sees the records and outcomes that Tasks hands it, wherever they are declared.
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Registry"] = [],
        ["Supervision"] = [],
        ["LogStreaming"] = [],
        ["Security"] = ["Registry"],
        ["Audit"] = ["Security"],
        ["Tasks"] = ["Registry", "Supervision", "LogStreaming"],
        ["Api"] = ["Tasks", "Registry", "Supervision", "LogStreaming", "Security", "Audit"],
    };

    private static readonly string[] MaySpeakGrpc = ["Api", "Security", Composition];

    [Fact]
    public void A_folder_uses_only_the_folders_below_it()
    {
        var typesOf = Sources().GroupBy(source => source.Folder).ToDictionary(
            folder => folder.Key,
            folder => folder.SelectMany(source => source.File.Types).ToHashSet());

        var violations =
            from source in Sources()
            where source.Folder is not Composition
            let allowed = MayUse.GetValueOrDefault(source.Folder)
            from used in UsedFolders(source.File, typesOf)
            where used != source.Folder && allowed is not null && !allowed.Contains(used)
            select $"{source.File.Path} uses Levity.Daemon.{used}";

        Rule.HasNoException(violations, """
            The daemon's folders are layers: Api → Tasks → { Registry, Supervision, LogStreaming }, and the last three
            do not know each other. What joins two of them is an argument, a delegate or an interface that Hosting
            fills in.
            """);
    }

    [Fact]
    public void Each_folder_has_its_place_among_the_layers()
    {
        var folders = Sources().Select(source => source.Folder).Distinct();

        Rule.HasNoException(
            folders.Where(folder => folder is not Composition && !MayUse.ContainsKey(folder)),
            "A new folder of the daemon needs a line in DaemonLayerTests and a word in docs/architecture.md:");
    }

    [Fact]
    public void A_storage_engine_is_named_only_where_it_is_chosen()
    {
        var violations =
            from source in Sources()
            where source.Folder is not ("Registry" or Composition)
                && EngineNamespace().IsMatch(source.File.Code)
            select source.File.Path;

        Rule.HasNoException(
            violations,
            "Use ITaskRegistry: only Hosting knows which engine is behind it.");
    }

    [Fact]
    public void Only_Api_Security_and_Hosting_speak_gRPC()
    {
        var violations =
            from source in Sources()
            where !MaySpeakGrpc.Contains(source.Folder) && GrpcNamespace().IsMatch(source.File.Code)
            select source.File.Path;

        Rule.HasNoException(
            violations,
            "Return an outcome, and let Api translate it (RpcErrors): behind Api nothing knows of gRPC.");
    }

    // Program.cs stands above the folders and may use them all.
    private static IEnumerable<(string Folder, SourceFile File)> Sources() =>
        from source in Repository.Sources(Daemon)
        let segments = Path.GetRelativePath(Daemon, source.Path).Split('/')
        where segments.Length > 1
        select (segments[0], source);

    private static HashSet<string> UsedFolders(SourceFile source, Dictionary<string, HashSet<string>> typesOf)
    {
        var named = DaemonNamespace().Matches(source.Code).Select(match => match.Groups["folder"].Value);

        // Inside Levity.Daemon a sibling needs no more than its last name: Supervision.SupervisorClient.
        var relative = QualifiedName().Matches(source.Code)
            .Where(match => typesOf.TryGetValue(match.Groups["folder"].Value, out var types)
                && types.Contains(match.Groups["type"].Value))
            .Select(match => match.Groups["folder"].Value);

        return [.. named.Concat(relative).Where(typesOf.ContainsKey)];
    }

    [GeneratedRegex(@"\bDaemon\.(?<folder>\w+)")]
    private static partial Regex DaemonNamespace();

    [GeneratedRegex(@"(?<![\w.])(?<folder>[A-Z]\w*)\.(?:\w+\.)*?(?<type>[A-Z]\w*)")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"\bGrpc\.|\bIServerStreamWriter\b|\bServerCallContext\b|\bRpcException\b")]
    private static partial Regex GrpcNamespace();

    [GeneratedRegex(@"\bMicrosoft\.Data\.Sqlite\b|\bRegistry\.Sqlite\b")]
    private static partial Regex EngineNamespace();
}
