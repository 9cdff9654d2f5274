namespace Levity.Cli.Authority;

/// <summary>What has become of a file: a line for whoever asked for it.</summary>
/// <param name="Verb">One of the words below.</param>
/// <param name="What">The file, or whose certificate.</param>
/// <param name="When">Until when it is good, or since when it is not.</param>
internal sealed record Outcome(string Verb, string What, DateTimeOffset When)
{
    public const string Made = "made";
    public const string Kept = "kept";
    public const string Renewed = "renewed";
    public const string Revoked = "revoked";

    public override string ToString() =>
        $"{Verb,-8} {What}, {(Verb == Revoked ? "since" : "until")} {When.UtcDateTime:yyyy-MM-dd}";
}

/// <summary>What to do about a file that is there already.</summary>
internal enum Existing
{
    /// <summary>Say so, and do nothing.</summary>
    Refuse,

    /// <summary>Leave it if it is good, and renew it if it has expired.</summary>
    Keep,

    /// <summary>Put the new one in its place.</summary>
    Replace,
}
