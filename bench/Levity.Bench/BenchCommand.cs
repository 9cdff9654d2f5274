using System.CommandLine;
using System.CommandLine.Parsing;
using Levity.Bench.Rows;
using Levity.Bench.UnderTest;

namespace Levity.Bench;

/// <summary>The benchmark's command line.</summary>
internal static class BenchCommand
{
    private const string Invocation = "dotnet run -c Release --project bench/Levity.Bench --";

    private static readonly Option<bool> Smoke = new("--smoke")
    {
        Description = "Only see that everything works: small, short, no record.",
    };

    private static readonly Option<IReadOnlyList<IRow>> Rows = new("--rows")
    {
        Description = $"Only these, separated by commas: {Names}. No record unless --output is given.",
        HelpName = "NAME,…",
        DefaultValueFactory = _ => BenchRun.AllRows,
        CustomParser = ParseRows,
    };

    private static readonly Option<string?> Output = new("--output")
    {
        Description = "The directory for the record. [default: docs/benchmarks]",
        HelpName = "DIR",
    };

    private static string Names => string.Join(", ", BenchRun.AllRows.Select(row => row.Name));

    public static RootCommand Create(Func<BenchOptions, CancellationToken, Task<int>> run)
    {
        var command = new RootCommand("Measures Levity against its peers, both sides in the same run.")
        {
            Smoke, Rows, Output,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(Smoke) && result.GetValue(Output) is not null)
            {
                result.AddError("--smoke measures nothing that is worth a record: leave --output away");
            }
        });
        command.SetAction((parsed, cancellationToken) => run(OptionsOf(parsed), cancellationToken));
        return command;
    }

    private static BenchOptions OptionsOf(ParseResult parsed)
    {
        var smoke = parsed.GetValue(Smoke);
        var rows = parsed.GetRequiredValue(Rows);
        var everything = !smoke && rows == BenchRun.AllRows;
        var record = everything ? Path.Combine(Programs.RepositoryRoot, "docs", "benchmarks") : null;
        var words = parsed.Tokens.Select(token => token.Value).Prepend(Invocation);
        return new BenchOptions(smoke, rows, parsed.GetValue(Output) ?? record, string.Join(' ', words));
    }

    private static IReadOnlyList<IRow> ParseRows(ArgumentResult result)
    {
        var names = result.Tokens[0].Value.Split(',');
        if (names.FirstOrDefault(name => BenchRun.AllRows.All(row => row.Name != name)) is { } unknown)
        {
            result.AddError($"there is no row '{unknown}'; there are {Names}");
            return [];
        }

        return [.. BenchRun.AllRows.Where(row => names.Contains(row.Name))];
    }
}
