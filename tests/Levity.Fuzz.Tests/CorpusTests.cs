namespace Levity.Fuzz.Tests;

/// <summary>
/// All that the fuzzer has kept, and each input that ever found something, once more: without AFL, and in seconds.
/// </summary>
public sealed class CorpusTests
{
    private static readonly string Corpus = Path.Combine(AppContext.BaseDirectory, "Corpus");

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Keys];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Each_kept_input_is_taken_as_promised(string target)
    {
        var inputs = Directory.GetFiles(Path.Combine(Corpus, target));
        using var taker = FuzzTargets.All[target]();

        var broken = inputs
            .Select(input => (Name: Path.GetFileName(input), Exception: Record.Exception(() => taker.Take(File.ReadAllBytes(input)))))
            .Where(taken => taken.Exception is not null)
            .Select(taken => $"{taken.Name}: {taken.Exception}");

        Assert.NotEmpty(inputs);
        Assert.Empty(broken);
    }

    [Fact]
    public void There_is_a_target_for_each_kept_input() => Assert.Equal(
        FuzzTargets.All.Keys.Order(), Directory.GetDirectories(Corpus).Select(Path.GetFileName).Order());
}
