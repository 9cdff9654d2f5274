using System.Text;
using Levity.Protocol;

namespace Levity.Soak.Load;

/// <summary>What a task may be told to do.</summary>
internal enum ErrandKind
{
    /// <summary>Writes its lines to both streams and exits.</summary>
    Print,

    /// <summary>Writes a line now and then until the gate is open, and exits.</summary>
    Tick,

    /// <summary>
    /// Writes a line whenever the <see cref="Bell"/> is rung, until the gate is open, and exits: one process, that sleeps.
    /// </summary>
    Bell,

    /// <summary>The same, with so many lines each time that the log needs more room for them.</summary>
    Flood,

    /// <summary>Writes its lines, waits a moment, and exits.</summary>
    Nap,

    /// <summary>Writes its lines and kills itself.</summary>
    KillSelf,

    /// <summary>Writes its lines, leaves processes behind that hold its output open, and exits.</summary>
    LeaveOrphans,

    /// <summary>Cannot be executed: ENOENT, EACCES, ENOEXEC.</summary>
    Missing,
    NotExecutable,
    NoFormat,
}

/// <summary>
/// What one task does. It writes into files of its own what it did (<see cref="GroundTruth"/>), and what it writes to
/// its streams follows from its token and its number of lines: so everything Levity says of it can be checked.
/// </summary>
internal sealed record Errand(string Token, ErrandKind Kind, int Lines, int Code)
{
    // $1 is the truth's directory, $2 the token, $3 the lines, $4 the code. One echo is one write(2), and >> is
    // O_APPEND: lines of many tasks do not mix.
    private const string Prologue = """
        echo "$2 $LEVITY_TASK_ID $$" >> "$1/starts"
        i=0; while [ $i -lt $3 ]; do i=$((i+1)); echo "$2 out $i"; echo "$2 err $i" >&2; done

        """;

    private const string Epilogue = """

        echo "$2 $4 $i" >> "$1/ends"
        exit $4
        """;

    /// <summary>The errno that its start must be refused with; null for one that can be executed.</summary>
    public string? ExpectedErrno => Kind switch
    {
        ErrandKind.Missing => "ENOENT",
        ErrandKind.NotExecutable => "EACCES",
        ErrandKind.NoFormat => "ENOEXEC",
        _ => null,
    };

    public StartTaskRequest ToRequest(GroundTruth truth)
    {
        var binary = Kind switch
        {
            ErrandKind.Missing => truth.Missing,
            ErrandKind.NotExecutable => truth.NotExecutable,
            ErrandKind.NoFormat => truth.NoFormat,
            _ => "sh",
        };
        return new StartTaskRequest
        {
            Binary = binary,
            Args = { "-c", Script(), "sh", truth.Directory, Token, $"{Lines}", $"{Code}" },
            WorkingDir = "/",
            RequestKey = Token,
        };
    }

    /// <summary>What it has written to a stream after so many lines.</summary>
    public byte[] Output(string stream, int lines)
    {
        var text = new StringBuilder();
        for (var i = 1; i <= lines; i++)
        {
            text.Append(Token).Append(' ').Append(stream).Append(' ').Append(i).Append('\n');
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static string OnBell(int lines) => $$"""
        b=0
        while [ ! -e "$1/gate" ]; do
            : < "$1/bell$b"; b=$((1-b)); n=0
            while [ $n -lt {{lines}} ]; do n=$((n+1)); i=$((i+1)); echo "$2 out $i"; echo "$2 err $i" >&2; done
            echo "$2 $i" >> "$1/heard"
        done
        """;

    private string Script() => Prologue + Kind switch
    {
        ErrandKind.Tick => """
            while [ ! -e "$1/gate" ]; do i=$((i+1)); echo "$2 out $i"; echo "$2 err $i" >&2; sleep 0.7; done
            """ + Epilogue,
        ErrandKind.Bell => OnBell(lines: 1) + Epilogue,
        ErrandKind.Flood => OnBell(lines: 300) + Epilogue,
        ErrandKind.Nap => $"sleep 0.{Code % 10}{Epilogue}",
        ErrandKind.KillSelf => "kill -9 $$",
        ErrandKind.LeaveOrphans => $"(setsid sleep 300 &); (sleep 300 &){Epilogue}",
        _ => Epilogue,
    };
}
