// Runs a command on a Levity server as if it were here: run COMMAND [ARG...]. See README.md.
using System.Runtime.InteropServices;
using Levity.Client;
using Levity.Protocol;

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: run COMMAND [ARG...]");
    return 125;
}

try
{
    // One client is one user on one server. It connects with the first call, and again when it has to.
    using var levity = new LevityClient(new ConnectionOptions
    {
        Address = ServerAddress.Parse(Variable("LEVITY_ADDRESS")),
        CertificateFile = Variable("LEVITY_CERTIFICATE"),
        KeyFile = Variable("LEVITY_KEY"),
        CaFile = Variable("LEVITY_CA"),
    });

    // Made again by itself when the connection breaks: it has a key, and one key is one task.
    var started = await levity.StartAsync(new StartTaskRequest { Binary = args[0], Args = { args[1..] } });
    var id = started.TaskId.Id;

    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
    {
        context.Cancel = true;
        _ = levity.StopAsync(id);
    });

    // To the end of its log, whatever happens to the connection and the server: each message comes once.
    using var stdout = Console.OpenStandardOutput();
    using var stderr = Console.OpenStandardError();
    var log = new StreamLogsRequest { TaskId = started.TaskId, Follow = true };
    await foreach (var message in levity.StreamLogsAsync(log, resuming: () => Say("connection lost, resuming")))
    {
        switch (message.EventCase)
        {
            case StreamLogsResponse.EventOneofCase.Chunk:
                (message.Chunk.Stream == LogStream.Stderr ? stderr : stdout).Write(message.Chunk.Data.Span);
                break;
            case StreamLogsResponse.EventOneofCase.Gap:
                Say($"{message.Gap.MissingBytes} bytes are missing: {message.Gap.Reason}");
                break;
        }
    }

    var end = await levity.WaitAsync(id);
    if (end.HasExitCode)
    {
        return end.ExitCode;
    }

    Say($"{end.StatusCode}: {end.Ending}");
    return end.Ending.HasSignal ? 128 + end.Ending.Signal : 125;
}
catch (LevityException e)
{
    // The kind is for programs, the message for people.
    Say($"{e.Kind}: {e.Message}");
    return e.Kind == LevityErrorKind.CommandNotFound ? 127 : 125;
}

static void Say(string line) => Console.Error.WriteLine($"run: {line}");

// With where it is from, so that an error about it can say so.
static Setting Variable(string name) =>
    new(Environment.GetEnvironmentVariable(name) ?? throw new LevityException(LevityErrorKind.Configuration, $"{name} is not set"), name);
