using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Levity.Protocol.Supervisor;

/// <summary>
/// Kills this very process, as by <c>kill -9</c>, at a step that was named to it: that is how tests prove that a crash
/// between any two steps loses nothing. Armed by a variable of the environment that levityd is started in and hands on
/// to its supervisor, such as <c>LEVITY_FAILPOINTS=StartRecorded=kill@3,ExitSealed=kill@1</c>: at the third time, and at
/// the first. Nothing that comes from the network or from a task gets here.
/// </summary>
public sealed class Failpoints
{
    public const string Variable = "LEVITY_FAILPOINTS";

    private const string Kill = "=kill@";

    // Null when nothing is armed, which is always but in tests: then passing a step is one comparison.
    private static readonly Failpoints? Armed = TryParse(Setting, out var plan, out _) ? plan : null;

    private readonly Dictionary<Failpoint, int> _left;

    private Failpoints(Dictionary<Failpoint, int> left) => _left = left;

    /// <summary>What is wrong with the variable; null when it can be used or is not there.</summary>
    public static string? Problem => TryParse(Setting, out _, out var problem) ? null : problem;

    /// <summary>The variable as it is, for handing it on; null when it is not there.</summary>
    public static string? Setting => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set ? set : null;

    /// <summary>The program takes this step now.</summary>
    public static void Pass(Failpoint step)
    {
        if (Armed is not null && Armed.IsDue(step))
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }
    }

    /// <summary>A plan, or null for no setting; false, and what is wrong, for one that is none.</summary>
    public static bool TryParse(string? setting, out Failpoints? plan, [NotNullWhen(false)] out string? problem)
    {
        (plan, problem) = (null, null);
        if (setting is null)
        {
            return true;
        }

        var left = new Dictionary<Failpoint, int>();
        foreach (var item in setting.Split(','))
        {
            var parts = item.Split(Kill);
            if (parts.Length != 2 || !TryFind(parts[0], out var step))
            {
                problem = $"'{item}' in {Variable} is not a failpoint: write STEP{Kill}N with one of these for STEP: "
                    + string.Join(", ", Enum.GetNames<Failpoint>());
                return false;
            }

            if (!int.TryParse(parts[1], out var time) || time < 1 || !left.TryAdd(step, time))
            {
                problem = $"'{item}' in {Variable} does not say when: give each step one number, from 1 on";
                return false;
            }
        }

        plan = new Failpoints(left);
        return true;
    }

    /// <summary>Counts; true at the time that the plan names, and only then.</summary>
    public bool IsDue(Failpoint step)
    {
        lock (_left)
        {
            return _left.ContainsKey(step) && --_left[step] == 0;
        }
    }

    // Exactly its name: Enum.TryParse takes numbers and lists too.
    private static bool TryFind(string name, out Failpoint step)
    {
        var index = Array.IndexOf(Enum.GetNames<Failpoint>(), name);
        step = (Failpoint)Math.Max(index, 0);
        return index >= 0;
    }
}
