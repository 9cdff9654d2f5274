namespace Levity.Children;

/// <summary>What tests run as a task: one verb for each way in which a process may behave.</summary>
internal static class Program
{
    private const int UsageError = 64;

    private const string Usage = """
        usage: levity-test-children VERB [ARGUMENT…]
          exit-with CODE       ends at once
          ignore-term          says "ready", ignores SIGTERM and waits for ever
          close-stdout         says "closing", closes its output and waits for ever
          stop-self            says "stopping", stops as by SIGSTOP, says "continued" and ends
          leave-grandchild     starts a process that keeps the output open, prints its pid and ends
          double-fork          starts a daemon of its own session and without a parent, prints its pid and ends
          flood BYTES          writes so many bytes, line by line
          random BYTES SEED    writes so many bytes of new Random(SEED)
          echo-args ARG…       prints each argument on a line
          print-env            prints each variable on a line
          print-cwd            prints the working directory
          print-fds            prints the number of each descriptor that it was started with
        """;

    private static int Main(string[] args)
    {
        switch (args)
        {
            case ["exit-with", var code] when int.TryParse(code, out var number):
                return number;
            case ["ignore-term"]:
                return Lifetimes.IgnoreTerm();
            case ["close-stdout"]:
                return Lifetimes.CloseOutput();
            case ["stop-self"]:
                return Lifetimes.StopSelf();
            case ["leave-grandchild"]:
                return Lifetimes.LeaveGrandchild();
            case ["double-fork"]:
                return Lifetimes.DoubleFork();
            case ["flood", var bytes] when long.TryParse(bytes, out var count):
                return Streams.Flood(count);
            case ["random", var bytes, var text]
                when long.TryParse(bytes, out var count) && int.TryParse(text, out var seed):
                return Streams.Random(count, seed);
            case ["echo-args", ..]:
                return Inheritance.EchoArguments();
            case ["print-env"]:
                return Inheritance.PrintEnvironment();
            case ["print-cwd"]:
                return Inheritance.PrintWorkingDirectory();
            case ["print-fds"]:
                return Inheritance.PrintDescriptors();
            default:
                Console.Error.WriteLine(Usage);
                return UsageError;
        }
    }
}
