using System.CommandLine;
using Levity.Cli.Output;
using Levity.Client;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Cli.Commands;

/// <summary>
/// <c>levity version</c>: which build this is, and which the server is when there is one that we have a certificate for.
/// </summary>
internal sealed class VersionCommand : Verb
{
    private readonly OutputOption _output = new(OutputFormat.Table, OutputFormat.Json, OutputFormat.JsonLines);

    public VersionCommand(GlobalOptions globals, CommandContext context)
        : base("version", "Prints the version of levity and, where it can be asked, of the server.")
    {
        Examples = [new("levity version", "For a report of a mistake, say.")];
        Options.Add(_output);
        SetAction((parsed, cancellationToken) => RunAsync(parsed, globals, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, GlobalOptions globals, CommandContext context, CancellationToken cancellationToken)
    {
        var builds = new List<Build> { new("levity", ThisBuild.Version) };
        Exception? failure = null;
        try
        {
            if (globals.SayWhoWeAre(parsed, context))
            {
                using var client = globals.Connect(parsed, context);
                var response = await client.RepeatAsync(
                    (tasks, options) => tasks.GetServerVersionAsync(new GetServerVersionRequest(), options), cancellationToken);
                builds.Add(new("levityd", response.Version));
            }
        }
        catch (Exception e) when (e is CommandException or LevityException)
        {
            failure = e;
        }

        // What is known is told in any case.
        context.Output.Write(_output.IsJson(parsed) ? $"{JsonOf(builds)}\n" : Table(builds).Render(context.Output.Terminal));
        return failure is null ? ExitCodes.Success : throw new CommandException($"levityd: {failure.Message}", failure);
    }

    private static TextTable Table(IEnumerable<Build> builds)
    {
        var table = new TextTable("PROGRAM", "VERSION", "COMMIT");
        foreach (var build in builds)
        {
            table.Add(build.Program, build.Version, build.Commit ?? "");
        }

        return table;
    }

    private static string JsonOf(IEnumerable<Build> builds) => Json.OfObject(writer =>
    {
        foreach (var build in builds)
        {
            writer.WriteStartObject(build.Program);
            writer.WriteString("version", build.Version);
            writer.WriteString("commit", build.Commit);
            writer.WriteEndObject();
        }
    });

    private sealed record Build(string Program, string Whole)
    {
        public string Version => Whole.Split('+')[0];

        public string? Commit => Whole.Split('+') is [_, var commit, ..] ? commit : null;
    }
}
