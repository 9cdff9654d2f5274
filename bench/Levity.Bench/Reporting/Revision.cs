using System.ComponentModel;
using Levity.Bench.Measuring;
using Levity.Bench.Processes;

namespace Levity.Bench.Reporting;

/// <summary>Which commit was measured, and whether the tree was as it has it.</summary>
internal sealed record Revision(string Commit, bool IsDirty)
{
    public override string ToString() => IsDirty ? $"{Commit}-dirty" : Commit;

    public static async Task<Revision> ReadAsync(string repository, CancellationToken cancellationToken)
    {
        try
        {
            var commit = await GitAsync(repository, cancellationToken, "rev-parse", "--short=12", "HEAD");
            return new Revision(commit, await GitAsync(repository, cancellationToken, "status", "--porcelain") != "");
        }
        catch (Exception e) when (e is BrokenSideException or Win32Exception)
        {
            // No git here, or no repository: sources from an archive.
            return new Revision("unknown", IsDirty: false);
        }
    }

    private static async Task<string> GitAsync(
        string repository, CancellationToken cancellationToken, params string[] arguments) =>
        (await Companion.RunAsync(["git", "-C", repository, .. arguments], cancellationToken)).Trim();
}
