using Levity.Daemon.Registry;

namespace Levity.Daemon.Tests.Registry.Sqlite;

/// <summary>
/// Whatever happens to the files: levityd starts, gives nobody a record that is not his or never was like that, loses no
/// more than what was damaged, and says so.
/// </summary>
public sealed class RegistryDamageTests
{
    private static int Flips => Number("LEVITY_TEST_FLIPS") ?? 150;

    private static int Seed => Number("LEVITY_TEST_SEED") ?? Random.Shared.Next();

    [Fact]
    public async Task Truncated_anywhere_it_keeps_all_that_is_left()
    {
        using var registry = await DamagedRegistry.CreateAsync();
        var (random, _) = NewRandom();
        var size = registry.Database.Length;
        var edges = Enumerable.Range(0, size / DamagedRegistry.PageSize + 1)
            .SelectMany(page => new[] { -1, 0, 1 }.Select(offset => page * DamagedRegistry.PageSize + offset));
        var lengths = edges.Concat(Enumerable.Range(0, 20).Select(_ => random.Next(size)))
            .Where(length => length >= 0 && length < size);

        foreach (var length in lengths)
        {
            registry.Place(registry.Database[..length]);
            var found = await registry.OpenAsync();

            AssertOnce(registry, found, $"{length} bytes");
            AssertOnlyMissing(registry, found, page => page > length / DamagedRegistry.PageSize, $"{length} bytes");

            // The last page may end in bytes that nobody uses.
            Assert.True(
                registry.Logger.Messages.Count == 1 || length > size - DamagedRegistry.PageSize, $"{length} bytes: no report");
        }
    }

    [Fact]
    public async Task A_flipped_bit_in_the_database_costs_no_more_than_what_stands_there()
    {
        using var registry = await DamagedRegistry.CreateAsync();
        var (random, seed) = NewRandom();
        for (var i = 0; i < Flips; i++)
        {
            var (damaged, bit) = Flip(registry.Database, random);
            var what = $"bit {bit} of the database (seed {seed})";
            registry.Place(damaged);

            var found = await registry.OpenAsync();

            AssertOnce(registry, found, what);
            AssertOnlyMissing(registry, found, page => page == bit / 8 / DamagedRegistry.PageSize + 1, what);
        }
    }

    [Fact]
    public async Task A_flipped_bit_in_the_log_takes_nothing_back_that_is_in_the_database()
    {
        using var registry = await DamagedRegistry.CreateAsync();
        var (random, seed) = NewRandom();
        for (var i = 0; i < Flips; i++)
        {
            var (damaged, bit) = Flip(registry.Wal, random);
            registry.Place(registry.Database, damaged);

            AssertHasDatabase(registry, await registry.OpenAsync(), $"bit {bit} of the log (seed {seed})");
        }
    }

    [Fact]
    public async Task Whole_files_are_read_whole()
    {
        using var registry = await DamagedRegistry.CreateAsync();
        registry.Place(registry.Database, registry.Wal);

        var found = await registry.OpenAsync();

        Assert.Equal(
            DamagedRegistry.Sorted(registry.History.Values.Select(history => history[^1])), DamagedRegistry.Sorted(found));
        Assert.Empty(registry.Logger.Messages);
    }

    [Fact]
    public async Task Without_its_log_it_is_what_it_was_before()
    {
        using var registry = await DamagedRegistry.CreateAsync();
        registry.Place(registry.Database);

        AssertHasDatabase(registry, await registry.OpenAsync(), "no log", maySayNothing: true);
    }

    [Fact]
    public async Task A_log_of_which_the_header_is_damaged_is_reported()
    {
        using var registry = await DamagedRegistry.CreateAsync();
        foreach (var wal in new[] { new byte[10], new byte[5000], registry.Wal[1..] })
        {
            registry.Place(registry.Database, wal);

            AssertHasDatabase(registry, await registry.OpenAsync(), "a damaged header");
            Assert.Single(registry.Logger.Messages);
            Assert.Equal(wal, await File.ReadAllBytesAsync(
                registry.SetAside.Single(file => file.EndsWith("-wal", StringComparison.Ordinal)),
                TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_log_without_its_database_gives_what_is_in_it(bool isEmpty)
    {
        using var registry = await DamagedRegistry.CreateAsync();
        registry.Place([], registry.Wal);
        if (!isEmpty)
        {
            File.Delete(registry.File);
        }

        AssertOnce(registry, await registry.OpenAsync(), "no database");
        Assert.Single(registry.Logger.Messages);
    }

    [Fact]
    public async Task What_is_no_database_is_set_aside_as_it_is()
    {
        using var registry = await DamagedRegistry.CreateAsync();
        var text = Enumerable.Repeat((byte)'x', 10_000).ToArray();
        registry.Place(text);

        Assert.Empty(await registry.OpenAsync());

        var aside = Assert.Single(registry.SetAside);
        Assert.Equal(text, await File.ReadAllBytesAsync(aside, TestContext.Current.CancellationToken));
        Assert.Contains(aside, Assert.Single(registry.Logger.Messages), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(registry.File));
    }

    [Fact]
    public async Task A_rescue_that_was_interrupted_is_begun_again()
    {
        using var registry = await DamagedRegistry.CreateAsync();
        registry.Place(registry.Database, registry.Wal);
        File.Move(registry.File, $"{registry.File}.damaged-20260101T000000.000Z");
        await File.WriteAllTextAsync($"{registry.File}.salvage", "half", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync($"{registry.File}.new", "half", TestContext.Current.CancellationToken);

        var found = await registry.OpenAsync();

        Assert.Equal(registry.History.Count, found.Count);
        Assert.Single(registry.Logger.Messages);
    }

    [Fact]
    public async Task Files_that_were_set_aside_long_ago_are_left_alone()
    {
        using var registry = await DamagedRegistry.CreateAsync();
        registry.Place(registry.Database, registry.Wal);
        await File.WriteAllTextAsync($"{registry.File}.damaged-1", "old", TestContext.Current.CancellationToken);

        Assert.Equal(registry.History.Count, (await registry.OpenAsync()).Count);
        Assert.Empty(registry.Logger.Messages);
    }

    private static int? Number(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
        ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
        : null;

    private static (Random Random, int Seed) NewRandom()
    {
        var seed = Seed;
        TestContext.Current.TestOutputHelper?.WriteLine($"LEVITY_TEST_SEED={seed}");
#pragma warning disable CA5394 // Not for secrets.
        return (new Random(seed), seed);
#pragma warning restore CA5394
    }

    private static (byte[] Bytes, int Bit) Flip(byte[] sound, Random random)
    {
        var bytes = sound.ToArray();
        var bit = random.Next(bytes.Length * 8);
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        return (bytes, bit);
    }

    /// <summary>Each record is one that there was, once.</summary>
    private static void AssertOnce(DamagedRegistry registry, IReadOnlyList<TaskRecord> found, string what)
    {
        Assert.Equal(found.Count, found.DistinctBy(record => record.Id).Count());
        Assert.All(found, record => Assert.True(
            registry.History.TryGetValue(record.Id, out var history) && history.Contains(record), $"{record} after {what}"));
    }

    /// <summary>All are there as the database has them, but those on damaged pages.</summary>
    private static void AssertOnlyMissing(
        DamagedRegistry registry, IReadOnlyList<TaskRecord> found, Func<int, bool> isDamaged, string what)
    {
        var damaged = Enumerable.Range(1, registry.Database.Length / DamagedRegistry.PageSize).Where(isDamaged).ToList();
        if (damaged.Any(page => registry.KindOf(page) == 2 && registry.RecordsOn(page).Any()))
        {
            // Others are only found by way of this page.
            return;
        }

        var mayBeGone = damaged.SelectMany(registry.RecordsOn).ToHashSet();
        if (damaged.Any(page => registry.KindOf(page) is not (2 or 10) && page > 1))
        {
            mayBeGone.UnionWith(registry.History.Where(entry => entry.Value[0].Request.CalculateSize() > 4000)
                .Select(entry => entry.Key));
        }

        if (damaged.Count > 1)
        {
            var between = Enumerable.Range(2, registry.Database.Length / DamagedRegistry.PageSize - 1)
                .Where(page => registry.KindOf(page) == 2).SelectMany(registry.RecordsOn).ToList();
            if (between.Exists(mayBeGone.Contains))
            {
                // To find its way SQLite compares with these, whole: one that is cut off hides what lies between two others.
                return;
            }

            // A row between two pages is reached from either, and when both are gone from neither. The same goes for those
            // beside one that is cut off.
            var beside = Enumerable.Range(2, registry.Database.Length / DamagedRegistry.PageSize - 1)
                .Select(page => registry.RecordsOn(page).ToList())
                .Where(records => records.Exists(mayBeGone.Contains));
            mayBeGone = [.. mayBeGone, .. between, .. beside.SelectMany(records => records)];
        }

        var missing = InDatabase(registry).Except(found).ToList();
        var wrongly = missing.Where(record => !mayBeGone.Contains(record.Id)).ToList();
        Assert.True(
            wrongly.Count == 0,
            $"{wrongly.Count} gone after {what}: {wrongly.FirstOrDefault()}; {registry.Logger.Messages.FirstOrDefault()}");
        Assert.True(missing.Count == 0 || registry.Logger.Messages.Count == 1, $"{what} was not reported");
    }

    /// <summary>All that is in the database is there, as that has it or as the log has it.</summary>
    private static void AssertHasDatabase(
        DamagedRegistry registry, IReadOnlyList<TaskRecord> found, string what, bool maySayNothing = false)
    {
        AssertOnce(registry, found, what);
        Assert.Empty(InDatabase(registry).Select(record => record.Id).Except(found.Select(record => record.Id)));

        // The last commit is the one that a crash may have torn.
        var stale = registry.History.Values.Select(history => history[^1]).Except(found).Count();
        Assert.True(maySayNothing || stale <= 1 || registry.Logger.Messages.Count == 1, $"{what}: {stale} silently lost");
    }

    private static IEnumerable<TaskRecord> InDatabase(DamagedRegistry registry) => registry.History.Values
        .Take(120)
        .Select((history, index) => history[index < 60 ? 1 : 0]);
}
