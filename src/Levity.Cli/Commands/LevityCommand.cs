using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Levity.Cli.Commands.Attaching;
using Levity.Cli.Commands.Audit;
using Levity.Cli.Commands.Ca;
using Levity.Cli.Commands.Config;
using Levity.Cli.Commands.Running;
using Levity.Cli.Commands.Watching;
using Levity.Cli.Commands.Stats;
using Levity.Protocol.Supervisor;

namespace Levity.Cli.Commands;

/// <summary>
/// <c>levity</c>: all verbs, in the groups and the order in which help and manual have them.
/// </summary>
/// <remarks>No RootCommand, which is named after the file that it is run from, and adds directives.</remarks>
internal sealed class LevityCommand : Verb
{
    public LevityCommand(CommandContext context)
        : base("levity", "Runs commands on another machine, and tells the truth about them.")
    {
        var globals = new GlobalOptions();
        var (completion, complete) = (new CompletionCommand(context), new CompleteCommand(globals, context));
        Groups =
        [
            new("Start and watch tasks", [
                new RunCommand(globals, context),
                new StartCommand(globals, context),
                new Listing.ListCommand(globals, context),
                new QueryCommand(globals, context),
                new InspectCommand(globals, context),
                new LogsCommand(globals, context),
                new AttachCommand(globals, context),
                new WaitCommand(globals, context),
                new EventsCommand(globals, context),
                new StatsCommand(globals, context),
                new TopCommand(globals, context),
            ]),
            new("Stop and remove tasks", [
                new StopCommand(globals, context),
                new SignalCommand(globals, context),
                new RemoveCommand(globals, context),
            ]),
            new("Share tasks", [
                new ShareCommand(globals, context),
                new UnshareCommand(globals, context),
            ]),
            new("Your side", [
                new ConfigCommand(globals, context),
                completion,
                new VersionCommand(globals, context),
            ]),
            new("For who runs a server", [
                new CaCommand(globals, context),
                new AuditCommand(globals, context),
            ]),
        ];
        foreach (var verb in new Verb[] { completion, complete })
        {
            globals.KeepOutOf(verb);
        }

        Subcommands.Add(complete);
        foreach (var verb in Groups.SelectMany(group => group.Verbs))
        {
            Subcommands.Add(verb);
        }

        Options.Add(new HelpOption("--help", "-h") { Description = "Show this help.", Action = new HelpText() });
        Options.Add(new VersionOption("--version") { Description = "Show the version.", Action = new VersionAction() });
        globals.AddTo(this);
    }

    public override IEnumerable<VerbGroup> Groups { get; }

    private sealed class VersionAction : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.Write($"levity {ThisBuild.Version}\n");
            return ExitCodes.Success;
        }
    }
}
