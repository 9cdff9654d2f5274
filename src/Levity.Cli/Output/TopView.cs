using System.Globalization;
using System.Text;
using Levity.Protocol;

namespace Levity.Cli.Output;

/// <summary>What is on the screen of <c>levity top</c>: a line about all, and a table of as many tasks as there is room for.</summary>
internal sealed class TopView(bool withOwner, TimeProvider time)
{
    private const int LinesAround = 3;
    private const string EraseLine = "\u001b[K";

    // Guards the two: a key is pressed on another thread.
    private readonly Lock _gate = new();
    private IReadOnlyList<TaskStats> _tasks = [];
    private bool _byMemory;

    public void Show(IReadOnlyList<TaskStats> tasks)
    {
        lock (_gate)
        {
            _tasks = tasks;
        }
    }

    /// <summary>By 'm' or 'c'; any other key changes nothing.</summary>
    public void Sort(char key)
    {
        lock (_gate)
        {
            _byMemory = key is 'm' or 'M' || (_byMemory && key is not ('c' or 'C'));
        }
    }

    /// <summary>The lines of a screen of this size, each after what erases what was there.</summary>
    public string Render((int Width, int Height) size, bool withColor)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var shown = Sorted().Take(Math.Max(0, size.Height - LinesAround)).ToList();
            var table = StatsTable.Of(shown, now, withOwner).Render(new Terminal(size.Width, withColor));
            var text = new StringBuilder();
            foreach (var line in $"{HeadOf(now)}\n\n{table}".TrimEnd('\n').Split('\n').Take(size.Height))
            {
                text.Append(text.Length > 0 ? "\r\n" : "").Append(EraseLine).Append(line);
            }

            return text.ToString();
        }
    }

    private IEnumerable<TaskStats> Sorted() => _byMemory
        ? _tasks.OrderByDescending(task => task.MemoryBytes).ThenByDescending(task => task.CpuShare)
        : _tasks.OrderByDescending(task => task.CpuShare).ThenByDescending(task => task.MemoryBytes);

    private string HeadOf(DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture,
        $"levity top - {now:HH:mm:ss} UTC, {_tasks.Count} tasks, {_tasks.Sum(task => task.CpuShare) * 100:0.0}% of a processor, "
        + $"by {(_byMemory ? "memory (c: by processor)" : "processor (m: by memory)")}, q: quit");
}
