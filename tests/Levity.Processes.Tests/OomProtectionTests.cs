using Levity.Processes.Tests.Fixtures;

namespace Levity.Processes.Tests;

/// <summary>On a plain file, where any score may be written.</summary>
public sealed class OomProtectionTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Score => Path.Combine(_directory.Path, "oom_score_adj");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("0\n")]
    [InlineData("500\n")]
    public void The_score_is_lowered_and_children_are_born_with_the_old_one(string before)
    {
        File.WriteAllBytes(Score, System.Text.Encoding.ASCII.GetBytes(before));

        var protection = OomProtection.Take(file: Score);

        Assert.StartsWith("-900", File.ReadAllText(Score), StringComparison.Ordinal);
        using (protection.BeginBirth())
        {
            Assert.StartsWith(before.Trim(), File.ReadAllText(Score), StringComparison.Ordinal);
        }

        Assert.StartsWith("-900", File.ReadAllText(Score), StringComparison.Ordinal);
        Assert.Equal(int.Parse(before), protection.ForTasks);
    }

    [Fact]
    public void What_is_lower_already_is_left_as_it_is()
    {
        File.WriteAllBytes(Score, "-950\n"u8);

        var protection = OomProtection.Take(file: Score);
        using (protection.BeginBirth())
        {
            Assert.Equal("-950\n", File.ReadAllText(Score));
        }
    }

    [Fact]
    public void The_next_program_gives_tasks_what_the_first_one_was_started_with()
    {
        File.WriteAllBytes(Score, "-900\n"u8);

        var protection = OomProtection.Take(forTasks: 500, Score);

        using (protection.BeginBirth())
        {
            Assert.StartsWith("500", File.ReadAllText(Score), StringComparison.Ordinal);
        }

        Assert.StartsWith("-900", File.ReadAllText(Score), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_such_a_file_nothing_is_done()
    {
        var protection = OomProtection.Take(file: Score);
        using (protection.BeginBirth())
        {
            Assert.False(File.Exists(Score));
        }

        Assert.Equal(0, protection.ForTasks);
    }
}
