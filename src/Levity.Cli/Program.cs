using Levity.Cli;
using Levity.Cli.Commands;

return await CommandLine.RunAsync(args, CommandContext.OfThisProcess());
