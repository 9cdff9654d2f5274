using SharpFuzz;

namespace Levity.Fuzz;

/// <summary>
/// levity-fuzz TARGET: what AFL executes, which gives it one input after the other.
/// levity-fuzz instrument FILE…: makes assemblies tell AFL which way they go, in place.
/// levity-fuzz replay TARGET FILE…: takes these inputs without AFL, and says what is wrong with which.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["instrument", .. var assemblies]:
                foreach (var assembly in assemblies)
                {
                    Fuzzer.Instrument(assembly, _ => true, Options.Value);
                }

                return 0;

            case ["replay", var name, .. var inputs] when FuzzTargets.All.TryGetValue(name, out var replayed):
                return inputs.Select(input => IsTaken(replayed, input)).ToList().Contains(false) ? 1 : 0;

            case [var name] when FuzzTargets.All.TryGetValue(name, out var fuzzed):
                // Made by the first input: instrumented code has nowhere to say its way before.
                var target = new Lazy<IFuzzTarget>(fuzzed);
                Fuzzer.Run(stream => target.Value.Take(ReadAll(stream)));
                target.Value.Dispose();
                return 0;

            default:
                Console.Error.WriteLine($"levity-fuzz: give one of {string.Join(", ", FuzzTargets.All.Keys)}");
                return 2;
        }
    }

    private static bool IsTaken(Func<IFuzzTarget> target, string file)
    {
        using var taker = target();
        try
        {
            taker.Take(File.ReadAllBytes(file));
            return true;
        }
        catch (Exception e)
        {
            Console.WriteLine($"{file}: {e}");
            return false;
        }
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var all = new MemoryStream();
        stream.CopyTo(all);
        return all.ToArray();
    }
}
