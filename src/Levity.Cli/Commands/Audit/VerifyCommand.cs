using System.CommandLine;
using System.Text;
using Levity.Protocol;
using Levity.Protocol.Audit;
using Microsoft.Win32.SafeHandles;

namespace Levity.Cli.Commands.Audit;

/// <summary>
/// <c>levity audit verify</c>: follows the chain through the files, in the order of their records. Prints how far it
/// goes, with its last hash; what is wrong is a line on stderr.
/// </summary>
internal sealed class VerifyCommand : Verb
{
    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "The files of one audit log, in any order: audit.log and those beside it.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _contains = new("--contains")
    {
        HelpName = "HASH",
        Description = "Fail unless this hash, noted earlier, is that of one of the records.",
    };

    public VerifyCommand(CommandContext context)
        : base("verify", "Checks that nothing in an audit log was changed, removed or inserted.")
    {
        Examples =
        [
            new("levity audit verify /var/lib/levity/audit.log*", "How many records the chain has, and its last hash."),
        ];
        Arguments.Add(_files);
        Options.Add(_contains);
        _contains.Validators.Add(result =>
        {
            if (result.Tokens is not [{ Value: { Length: AuditLine.HashLength } hash }] || !hash.All(char.IsAsciiHexDigitLower))
            {
                result.AddError(
                    $"--contains wants a hash as verify prints it, {AuditLine.HashLength} digits of 0-9 and a-f, and "
                    + $"'{string.Join(' ', result.Tokens.Select(token => token.Value))}' is none");
            }
        });
        SetAction(parsed => Run(parsed, context));
    }

    private int Run(ParseResult parsed, CommandContext context)
    {
        var files = new List<(string Path, SafeFileHandle Handle)>();
        try
        {
            foreach (var path in parsed.GetRequiredValue(_files))
            {
                files.Add((path, Open(path)));
            }

            return Verify([.. files.OrderBy(file => FirstOf(file.Handle))], parsed.GetValue(_contains), context);
        }
        catch (IOException e)
        {
            throw new CommandException($"an audit log cannot be read: {e.Message}", e);
        }
        finally
        {
            files.ForEach(file => file.Handle.Dispose());
        }
    }

    private static int Verify(
        IReadOnlyList<(string Path, SafeFileHandle Handle)> files, string? wanted, CommandContext context)
    {
        var chain = new AuditChain { Wanted = wanted is null ? null : Encoding.ASCII.GetBytes(wanted) };
        foreach (var (path, handle) in files)
        {
            var finding = AuditFinding.In((offset, room) => ReadAt(handle, offset, room), chain);
            if (finding.Broken is { } broken)
            {
                context.Output.Report($"{path}:1: levityd has begun a new file, because it found the one before broken: {broken}");
            }

            if (finding.Problem is { } problem)
            {
                throw new CommandException($"{path}:{finding.Lines + 1}: {problem}");
            }

            if (finding.Torn > 0)
            {
                throw new CommandException(
                    $"{path}:{finding.Lines + 1}: it ends in {finding.Torn} bytes that are no whole record: it was cut off, "
                    + "or levityd is writing it just now, or has ended meanwhile (it mends that when it starts)");
            }
        }

        if (wanted is not null && !chain.HasWanted)
        {
            throw new CommandException($"none of the {Count(chain)} has the hash {wanted}: that one is missing");
        }

        context.Output.WriteLine($"{Count(chain)}, {chain.First} to {chain.Last}: {Encoding.ASCII.GetString(chain.Hash)}");
        return ExitCodes.Success;
    }

    private static string Count(AuditChain chain) =>
        chain.First == 0 ? "0 records" : $"{chain.Last - chain.First + 1} records";

    private static SafeFileHandle Open(string path)
    {
        try
        {
            return File.OpenHandle(path, share: FileShare.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException($"cannot read the audit log '{path}': {FileFailure.Of(e, path)}", e);
        }
    }

    // What has no number is looked at first, and found wanting.
    private static long FirstOf(SafeFileHandle file)
    {
        var line = new byte[AuditFinding.LongestLine];
        var end = line.AsSpan(0, ReadAt(file, 0, line)).IndexOf((byte)'\n');
        return end < 0 ? long.MaxValue : AuditChain.NumberOf(line.AsSpan(0, end)) ?? 0;
    }

    private static int ReadAt(SafeFileHandle file, long offset, Span<byte> room)
    {
        var done = 0;
        while (done < room.Length && RandomAccess.Read(file, room[done..], offset + done) is var count and > 0)
        {
            done += count;
        }

        return done;
    }
}
