using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Levity.Cli.Output;

/// <summary>
/// Standard output and standard error, unbuffered: each call is one write of all that it is given. What a command was
/// asked for goes to stdout as it is; talk goes to stderr, a line each, with the program's name in front.
/// </summary>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="terminal">What standard output is, for those who want to know; none when it is left out.</param>
internal sealed class ConsoleOutput(Stream output, Stream error, Func<Terminal?>? terminal = null)
{
    private const int EPIPE = 32;

    private readonly Lazy<Terminal?> _terminal = new(terminal ?? (() => null));

    /// <summary>The terminal that standard output is; null when it is none.</summary>
    public Terminal? Terminal => _terminal.Value;

    public static ConsoleOutput OfThisProcess() =>
        new(Open(1, Console.OpenStandardOutput), Open(2, Console.OpenStandardError), Output.Terminal.OfThisProcess);

    public void WriteLine(string text) => Write($"{text}\n");

    public void Write(TextTable table) => Write(table.Render(Terminal));

    public void Write(string text) => WriteOutput(Encoding.UTF8.GetBytes(text));

    public void WriteOutput(ReadOnlySpan<byte> bytes) => Write(output, "standard output", bytes);

    public void WriteError(ReadOnlySpan<byte> bytes) => Write(error, "standard error", bytes);

    /// <summary>Standard error may be a terminal that does not go back to the begin of a line by itself just now.</summary>
    public bool IsRaw { get; set; }

    public void Report(string text)
    {
        try
        {
            var (begin, end) = IsRaw ? ("\r\n", "\r\n") : ("", "\n");
            error.Write(Encoding.UTF8.GetBytes($"{begin}levity: {ErrorLine.Escape(text)}{end}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // There is nobody left to tell.
        }
    }

    // Neither stream of the platform will do for both. FileStream writes to a file at an offset of its own (pwrite),
    // over what others write to the same open file (`> log 2>&1`, a loop's `> log`); the console's stream does not
    // tell that a pipe has no reader any more, and a log would be fetched to its end for nobody.
    private static Stream Open(int descriptor, Func<Stream> openConsole)
    {
        try
        {
            var handle = new SafeFileHandle(descriptor, ownsHandle: false);
            var stream = new FileStream(handle, FileAccess.Write, bufferSize: 0);
            return stream.CanSeek ? openConsole() : stream;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // It is closed: whoever started us does not want it.
            return Stream.Null;
        }
    }

    private static void Write(Stream stream, string name, ReadOnlySpan<byte> bytes)
    {
        try
        {
            stream.Write(bytes);
        }
        catch (IOException e) when (e.HResult == EPIPE)
        {
            throw new BrokenPipeException(e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot write to {name}: {e.Message}", e);
        }
    }
}
