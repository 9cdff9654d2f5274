using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Levity.Linux;

namespace Levity.Processes;

/// <summary>
/// Keeps the kernel from choosing this process first when memory is short, as far as we may: oom_score_adj of
/// proc_pid_oom_score_adj(5). Children inherit the score, so that it is put back for the moment of a birth: a task is as
/// likely to be chosen as it would be without us.
/// </summary>
public sealed class OomProtection
{
    // A score below the one that a privileged process has set last needs CAP_SYS_RESOURCE. Not -1000, which is never: a
    // supervisor that leaks should be ended rather than the machine.
    private static readonly int[] Wanted = [-900, 0];

    private readonly string _file;
    private readonly int _own;

    private OomProtection(string file, int forTasks, int own)
    {
        _file = file;
        ForTasks = forTasks;
        _own = own;
    }

    /// <summary>What this process was started with, and tasks get.</summary>
    public int ForTasks { get; }

    /// <summary>Protects this process.</summary>
    /// <param name="forTasks">What the program before this one was started with, if there was one.</param>
    /// <param name="file">Where the score is.</param>
    public static OomProtection Take(int? forTasks = null, string file = "/proc/self/oom_score_adj")
    {
        var current = Read(file);
        var original = forTasks ?? current;
        var own = Wanted.Where(score => score < current).Cast<int?>().FirstOrDefault(score => TryWrite(file, score!.Value));
        return new OomProtection(file, original, own ?? current);
    }

    /// <summary>Lets children be born with <see cref="ForTasks"/> until it is disposed of.</summary>
    public Birth BeginBirth()
    {
        var lifts = _own != ForTasks && TryWrite(_file, ForTasks);
        return new Birth(lifts ? this : null);
    }

    private static int Read(string file)
    {
        var content = new ArrayBufferWriter<byte>();
        return KernelFile.TryRead(file, content) && Utf8Parser.TryParse(content.WrittenSpan, out int score, out _)
            ? score
            : 0;
    }

    private static bool TryWrite(string file, int score) =>
        KernelFile.Write(file, Encoding.ASCII.GetBytes($"{score}")) == 0;

    /// <summary>The time in which a child is born.</summary>
    public readonly struct Birth : IDisposable
    {
        private readonly OomProtection? _protection;

        internal Birth(OomProtection? protection) => _protection = protection;

        public void Dispose()
        {
            if (_protection is { } protection)
            {
                TryWrite(protection._file, protection._own);
            }
        }
    }
}
