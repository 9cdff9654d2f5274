using System.Diagnostics;

namespace Levity.Supervisor.Tests.Fixtures;

/// <summary>
/// A program whose execution takes until the test lets it happen: execve(2) opens the file, and that waits for the one who
/// has a lease on it (F_SETLEASE of fcntl(2)). Any user can do that with a file of their own.
/// </summary>
internal sealed class HeldProgram : IAsyncDisposable
{
    private const string Holder = """
        $| = 1;
        $SIG{IO} = sub { print "asked\n" };
        open(my $file, '+<', $ARGV[0]) or die "$!\n";
        fcntl($file, 1024, 1) or die "$!\n"; # F_SETLEASE, F_WRLCK
        print "held\n";
        # Until the end of input: a signal only interrupts it.
        while (1) { my $read = sysread(STDIN, my $byte, 1); exit 0 if defined $read; }
        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("levity-");
    private readonly Process _holder;

    private HeldProgram()
    {
        const UnixFileMode everybody = (UnixFileMode)0b111_101_101;
        File.SetUnixFileMode(_directory.FullName, everybody);
        File.WriteAllBytes(FilePath, "#!/bin/sh\nexec sleep 300\n"u8);
        File.SetUnixFileMode(FilePath, everybody);
        var start = new ProcessStartInfo("perl", ["-e", Holder, FilePath])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
#pragma warning disable RS0030 // A process that gets SIGIO, which .NET would die of.
        _holder = Process.Start(start)!;
#pragma warning restore RS0030
    }

    public string FilePath => Path.Combine(_directory.FullName, "program");

    public static async Task<HeldProgram> CreateAsync()
    {
        var program = new HeldProgram();
        if (await program.SaysAsync() == "held")
        {
            return program;
        }

        var problem = await program._holder.StandardError.ReadToEndAsync();
        await program.DisposeAsync();
        Assert.Skip($"there are no leases here: {problem}");
        return program;
    }

    /// <summary>Waits until somebody is executing it.</summary>
    public async Task IsBeingExecutedAsync() => Assert.Equal("asked", await SaysAsync());

    public void Release() => _holder.StandardInput.Close();

    public async ValueTask DisposeAsync()
    {
        Release();
        await _holder.WaitForExitAsync(TestContext.Current.CancellationToken);
        _holder.Dispose();
        _directory.Delete(recursive: true);
    }

    private Task<string?> SaysAsync() => _holder.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
}
