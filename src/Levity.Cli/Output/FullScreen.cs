using System.Runtime.InteropServices;

namespace Levity.Cli.Output;

/// <summary>
/// The whole terminal, for a while: its other screen, without a cursor and without a line that goes on in the next (xterm's
/// control sequences, 1049, 25 and 7). It is given back when this is disposed of, which signals that would end the program lead
/// to. Ctrl-Z does nothing.
/// </summary>
/// <param name="output">The terminal.</param>
/// <param name="render">What it shows, at a width and height.</param>
/// <param name="end">Called when a signal wants the end.</param>
internal sealed class FullScreen(ConsoleOutput output, Func<(int Width, int Height), string> render, Action end) : IDisposable
{
    private const string Enter = "\u001b[?1049h\u001b[?25l\u001b[?7l";
    private const string Leave = "\u001b[?7h\u001b[?25h\u001b[?1049l";
    private const string Home = "\u001b[H";
    private const string EraseBelow = "\u001b[J";

    private readonly List<PosixSignalRegistration> _signals = [];

    // Guards whether it is ours; keys, signals and rounds come on different threads.
    private readonly Lock _gate = new();
    private bool _isEntered;
    private bool _isOver;

    /// <param name="pressed">Told each key, on a thread of its own.</param>
    public void Begin(Action<char> pressed)
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                end();
            }));
        }

        // Not stopped, because the shell would have our screen then.
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, context => context.Cancel = true));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => Draw()));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Draw()));
        Draw();
        if (!Console.IsInputRedirected)
        {
            new Thread(() => ReadKeys(pressed)) { Name = "keys", IsBackground = true }.Start();
        }
    }

    public void Draw()
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                var text = render((Console.WindowWidth, Console.WindowHeight));
                output.Write($"{(_isEntered ? "" : Enter)}{Home}{text}{EraseBelow}");
                _isEntered = true;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            if (_isEntered)
            {
                output.Write(Leave);
            }
        }

        _signals.ForEach(signal => signal.Dispose());
    }

    private void ReadKeys(Action<char> pressed)
    {
        try
        {
            while (true)
            {
                pressed(Console.ReadKey(intercept: true).KeyChar);
                Draw();
            }
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            // No terminal to read from any more. Ctrl-C is left.
        }
    }
}
