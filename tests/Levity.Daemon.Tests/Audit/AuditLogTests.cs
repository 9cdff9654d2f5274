using System.Text.Json;
using Levity.Daemon.Audit;
using Levity.Daemon.Tests.Fakes;
using Levity.Linux;
using Levity.Protocol.Audit;

namespace Levity.Daemon.Tests.Audit;

public sealed class AuditLogTests : IDisposable
{
    private readonly AuditFiles _files = new();

    [Fact]
    public void What_is_appended_is_in_the_file_at_once_and_the_chain_goes_on_in_the_next_levityd()
    {
        using (var log = _files.Open())
        {
            log.Append(new AuditRecord(AuditRecord.Call) { Rpc = "/a", Outcome = "OK" });
            Assert.Equal(["begin", "/a"], _files.Rpcs());
        }

        _files.Write("/b", "/c");

        var chain = new AuditChain();
        Assert.Equal(new AuditFinding(1, 4, new FileInfo(_files.Current).Length, 0), AuditFiles.Check(_files.Current, chain));
        Assert.Equal(["begin", "/a", "/b", "/c"], _files.Rpcs());
        Assert.Equal((1, 4), (chain.First, chain.Last));
    }

    [Fact]
    public void What_may_wait_is_written_with_the_next_that_may_not_and_at_the_end()
    {
        using (var log = _files.Open())
        {
            log.Append(new AuditRecord(AuditRecord.Call) { Rpc = "/waits" }, mayWait: true);
            Assert.Equal(["begin"], _files.Rpcs());

            log.Append(new AuditRecord(AuditRecord.Call) { Rpc = "/at-once" });
            Assert.Equal(["begin", "/waits", "/at-once"], _files.Rpcs());

            log.Append(new AuditRecord(AuditRecord.Call) { Rpc = "/last" }, mayWait: true);
        }

        Assert.Equal(["begin", "/waits", "/at-once", "/last"], _files.Rpcs());
    }

    [Fact]
    public async Task What_waits_is_written_soon_although_nothing_follows()
    {
        using var log = _files.Open();
        using var stop = new CancellationTokenSource();
        var running = log.RunAsync(stop.Token);

        log.Append(new AuditRecord(AuditRecord.Call) { Rpc = "/waits" }, mayWait: true);

        while (_files.Lines().Length < 2)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public void The_file_is_for_its_user_only_and_a_link_in_its_place_is_not_followed()
    {
        _files.Write("/a");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_files.Current));

        File.Move(_files.Current, _files.Current + "-elsewhere");
        File.CreateSymbolicLink(_files.Current, _files.Current + "-elsewhere");

        Assert.Equal(Errno.ELOOP, Assert.Throws<LinuxException>(() => _files.Open()).Number);
    }

    [Fact]
    public void Whatever_a_name_is_made_of_it_stays_within_its_line_and_moves_no_cursor()
    {
        const string evil = "alice\n{\"seq\":9}\r\u001b[2J\u202e\u2028\"\\<\0é";
        using (var log = _files.Open())
        {
            log.Append(new AuditRecord(AuditRecord.Handshake) { Claimed = evil, Binary = evil, Rpc = evil });
        }

        var bytes = File.ReadAllBytes(_files.Current);
        Assert.DoesNotContain(bytes, b => b is not ((>= 0x20 and < 0x7f) or (byte)'\n'));
        var record = JsonDocument.Parse(_files.Lines()[1]).RootElement;
        Assert.Equal(evil, record.GetProperty("claimed").GetString());
        Assert.Equal(evil, record.GetProperty("binary").GetString());
    }

    [Fact]
    public void No_text_makes_a_record_longer_than_the_room_for_one()
    {
        var endless = new string('é', 100_000);
        using (var log = _files.Open())
        {
            log.Append(new AuditRecord(AuditRecord.Call)
            {
                Identity = endless,
                Claimed = endless,
                Serial = endless,
                Address = endless,
                Rpc = endless,
                Task = endless,
                Binary = endless,
                Outcome = endless,
                Reason = endless,
                Broken = endless,
                Duration = TimeSpan.MaxValue,
                Count = long.MaxValue,
            });
        }

        Assert.InRange(_files.Lines()[1].Length, 5_000, AuditRecord.Longest - 1);
        Assert.Null(AuditFiles.Check(_files.Current).Problem);
    }

    [Fact]
    public void A_full_file_is_followed_by_another_and_the_chain_goes_over_both()
    {
        using (var log = _files.Open(largestFile: 1))
        {
            log.Append(new AuditRecord(AuditRecord.Call) { Rpc = "/a" });
            log.Settle();
            log.Append(new AuditRecord(AuditRecord.Call) { Rpc = "/b" });
            log.Settle();
            log.Append(new AuditRecord(AuditRecord.Call) { Rpc = "/c" });
        }

        var chain = new AuditChain();
        foreach (var (name, first) in new[] { ("audit.log.000000000001", 1), ("audit.log.000000000003", 3), ("audit.log", 5) })
        {
            var finding = AuditFiles.Check(Path.Combine(_files.Path, name), chain);
            Assert.Equal((first, 2, null), (finding.First, finding.Lines, finding.Problem));
        }

        Assert.Equal(6, chain.Last);
        Assert.Equal(["begin", "/c"], _files.Rpcs());
    }

    [Fact]
    public void Who_died_between_two_files_goes_on_from_the_older_one()
    {
        _files.Write("/a", "/b");
        File.Move(_files.Current, _files.Current + ".000000000001");
        File.WriteAllBytes(_files.Current + ".next", [1, 2, 3]);

        _files.Write("/c");

        var chain = new AuditChain();
        Assert.Null(AuditFiles.Check(_files.Current + ".000000000001", chain).Problem);
        Assert.Null(AuditFiles.Check(_files.Current, chain).Problem);
        Assert.Equal(["begin", "/c"], _files.Rpcs());
    }

    [Fact]
    public void The_oldest_files_go_when_there_are_enough_and_what_cannot_go_is_no_reason_to_end()
    {
        using (var log = _files.Open(largestFile: 1))
        {
            Directory.CreateDirectory(_files.Current + ".000000000000");
            for (var i = 0; i < 70; i++)
            {
                log.Settle();
            }
        }

        var names = Directory.GetFiles(_files.Path, "audit.log.0*").Select(Path.GetFileName).Order().ToList();
        Assert.Equal(63, names.Count);
        Assert.Equal("audit.log.000000000008", names[0]);
    }

    [Fact]
    public void A_record_that_was_torn_at_any_byte_is_cut_off_and_told_and_the_chain_goes_on()
    {
        _files.Write("/a", "/b");
        var whole = File.ReadAllBytes(_files.Current);
        var last = whole.AsSpan(0, whole.Length - 1).LastIndexOf((byte)'\n') + 1;
        for (var length = last + 1; length < whole.Length; length++)
        {
            File.WriteAllBytes(_files.Current, whole[..length]);
            _files.Open().Dispose();

            Assert.Equal(["begin", "/a", "torn"], _files.Rpcs());
            var told = JsonDocument.Parse(_files.Lines()[^1]).RootElement.GetProperty("bytes").GetInt64();
            Assert.Equal(length - last, told);
            Assert.Null(AuditFiles.Check(_files.Current).Problem);
        }
    }

    [Fact]
    public void A_chain_that_is_broken_is_kept_and_a_new_file_says_so()
    {
        _files.Write("/a", "/b", "/c");
        var text = File.ReadAllText(_files.Current).Replace("/b", "/x", StringComparison.Ordinal);
        _files.Replace(text);
        var logger = new CollectingLogger<AuditLog>();

        using (var log = _files.Open(logger))
        {
            log.Append(new AuditRecord(AuditRecord.Call) { Rpc = "/d" });
        }

        var aside = Assert.Single(Directory.GetFiles(_files.Path, "audit.log.damaged-*"));
        Assert.Equal(text, File.ReadAllText(aside));
        Assert.Equal(["begin", "/d"], _files.Rpcs());
        Assert.Contains("line 3: ", AuditFiles.Check(_files.Current).Broken!, StringComparison.Ordinal);
        Assert.Contains(logger.Messages, message => message.Contains(Path.GetFileName(aside), StringComparison.Ordinal));
    }

    public void Dispose() => _files.Dispose();
}
