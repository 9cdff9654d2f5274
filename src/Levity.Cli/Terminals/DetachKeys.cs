using System.Diagnostics.CodeAnalysis;

namespace Levity.Cli.Terminals;

/// <summary>The keys that leave a task alone when they are typed one after the other. All else that is typed passes.</summary>
internal sealed class DetachKeys(byte[] keys)
{
    public const string Usual = "ctrl-p,ctrl-q";

    private const string Control = "ctrl-";

    // What has been typed of them: it is held back, and passes after all if it goes on otherwise.
    private int _typed;

    /// <summary>As docker has them: <c>ctrl-p,ctrl-q</c>, single characters too; nothing for no such keys.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out DetachKeys? keys)
    {
        var bytes = new List<byte>();
        foreach (var name in text.Length > 0 ? text.Split(',') : [])
        {
            if (KeyOf(name) is not { } key)
            {
                keys = null;
                return false;
            }

            bytes.Add(key);
        }

        keys = new DetachKeys([.. bytes]);
        return true;
    }

    /// <summary>Takes what was typed.</summary>
    /// <param name="passed">Gets what passes.</param>
    /// <returns>Whether the keys were among it; what was typed after them does not pass.</returns>
    public bool Take(ReadOnlySpan<byte> typed, List<byte> passed)
    {
        foreach (var key in typed)
        {
            if (_typed > 0 && key != keys[_typed])
            {
                passed.AddRange(keys.AsSpan(0, _typed));
                _typed = 0;
            }

            if (_typed < keys.Length && key == keys[_typed])
            {
                if (++_typed == keys.Length)
                {
                    return true;
                }
            }
            else
            {
                passed.Add(key);
            }
        }

        return false;
    }

    // A control character is the five lower bits of its letter: ascii(7).
    private static byte? KeyOf(string name)
    {
        if (name is [var single])
        {
            return char.IsAscii(single) ? (byte)single : null;
        }

        return name.Length == Control.Length + 1 && name.StartsWith(Control, StringComparison.Ordinal)
            && name[^1] is (>= 'a' and <= 'z') or (>= '@' and <= '_')
            ? (byte)(name[^1] & 0x1F)
            : null;
    }
}
