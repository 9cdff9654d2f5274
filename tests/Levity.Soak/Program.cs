using System.CommandLine;
using Levity.Soak;

return await SoakCommand.Create(SoakRun.RunAsync).Parse(args).InvokeAsync(
    new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
