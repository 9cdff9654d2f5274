using System.Globalization;
using System.Text;

namespace Levity.Cli.Terminals;

/// <summary>
/// Which modes a task has switched on in our terminal: the other screen, the mouse, pasting in brackets (ECMA-48, and
/// "DEC Private Mode Set" of xterm's ctlseqs). Who leaves it in the middle wants a terminal that is their own again.
/// </summary>
internal sealed class ScreenModes
{
    // Those that are on when nobody has said anything: lines wrap, the cursor is seen.
    private static readonly int[] UsuallyOn = [7, 25];

    private const byte Escape = 0x1B;
    private const int LongestSequence = 64;

    private readonly HashSet<int> _changed = [];
    private readonly List<byte> _sequence = [];

    /// <summary>Something is printed.</summary>
    public void Observe(ReadOnlySpan<byte> printed)
    {
        foreach (var c in printed)
        {
            if (c == Escape)
            {
                _sequence.Clear();
                _sequence.Add(c);
            }
            else if (_sequence.Count > 0)
            {
                Continue(c);
            }
        }
    }

    /// <summary>What takes all of it back; nothing where there is nothing to.</summary>
    public byte[] Undo()
    {
        var undo = new StringBuilder();
        foreach (var mode in _changed.Order())
        {
            undo.Append(CultureInfo.InvariantCulture, $"\u001b[?{mode}{(UsuallyOn.Contains(mode) ? 'h' : 'l')}");
        }

        // Who draws a screen has colours, too.
        undo.Append(_changed.Count > 0 ? "\u001b[0m" : "");
        _changed.Clear();
        return Encoding.ASCII.GetBytes(undo.ToString());
    }

    private void Continue(byte c)
    {
        _sequence.Add(c);
        var isWithin = _sequence.Count switch
        {
            2 => c == '[',
            3 => c == '?',
            <= LongestSequence => c is >= (byte)'0' and <= (byte)'9' or (byte)';',
            _ => false,
        };
        if (isWithin)
        {
            return;
        }

        if (_sequence.Count > 3 && c is (byte)'h' or (byte)'l')
        {
            var parameters = Encoding.ASCII.GetString([.. _sequence[3..^1]]);
            foreach (var mode in parameters.Split(';').Where(text => int.TryParse(text, NumberStyles.None, null, out _)))
            {
                Note(int.Parse(mode, CultureInfo.InvariantCulture), isOn: c == 'h');
            }
        }

        _sequence.Clear();
    }

    private void Note(int mode, bool isOn)
    {
        if (isOn == UsuallyOn.Contains(mode))
        {
            _changed.Remove(mode);
        }
        else
        {
            _changed.Add(mode);
        }
    }
}
