using System.CommandLine;
using Levity.Bench;
using Levity.Bench.Peers;
using Levity.Bench.UnderTest;

// Some of the peers are this program too, in processes of their own.
return args switch
{
    [RawSpawn.Verb] => await RawSpawn.ServeAsync(Console.In, Console.Out),
    [EmptyGrpcServer.Verb, var directory] =>
        await EmptyGrpcServer.ServeAsync(new Certificates(directory), Console.In, Console.Error),
    _ => await BenchCommand.Create(BenchRun.RunAsync).Parse(args).InvokeAsync(
        new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) }),
};
