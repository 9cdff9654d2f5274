using Levity.Supervisor;

return args switch
{
    ["start", "--state-dir", var directory] => StartVerb.Run(directory, Console.Error),
    ["serve", "--state-dir", var directory] => ServeVerb.Run(directory, handOver: null),
    ["serve", "--state-dir", var directory, "--hand-over", var text] when int.TryParse(text, out var descriptor) =>
        ServeVerb.Run(directory, descriptor),
    ["stop", "--state-dir", var directory] => await StopVerb.RunAsync(directory, Console.Error),
    ["upgrade", "--state-dir", var directory] =>
        await UpgradeVerb.RunAsync(directory, Environment.ProcessPath!, Console.Error),
    ["upgrade", "--state-dir", var directory, "--program", var program] =>
        await UpgradeVerb.RunAsync(directory, Path.GetFullPath(program), Console.Error),
    [LaunchVerb.Name] => LaunchVerb.Run(),
    ["version"] => VersionVerb.Run(Console.Out),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        levity-supervisor owns the processes of levityd's tasks. levityd starts it; by hand it is of use to stop it.

        usage: levity-supervisor start --state-dir DIR     start in a session of its own, return when it is ready
               levity-supervisor serve --state-dir DIR     the same, and stay: for a service manager (deploy/systemd)
               levity-supervisor stop --state-dir DIR      stop all tasks and then the supervisor
               levity-supervisor upgrade --state-dir DIR [--program FILE]
                                                           have the running one execute this program, or FILE, in its
                                                           place; tasks go on
               levity-supervisor version                   what this program speaks and reads
        """);
    return 2;
}
