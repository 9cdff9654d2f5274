using Levity.Supervisor;

return args switch
{
    ["start", "--state-dir", var directory] => StartVerb.Run(directory, Console.Error),
    ["serve", "--state-dir", var directory] => ServeVerb.Run(directory),
    ["stop", "--state-dir", var directory] => await StopVerb.RunAsync(directory, Console.Error),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        levity-supervisor owns the processes of levityd's tasks. levityd starts it; by hand it is of use to stop it.

        usage: levity-supervisor start --state-dir DIR   start in a session of its own, return when it is ready
               levity-supervisor stop --state-dir DIR    stop all tasks and then the supervisor
        """);
    return 2;
}
