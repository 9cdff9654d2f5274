using Levity.Cli.Authority;
using Levity.Cli.Output;

namespace Levity.Cli.Commands.Ca;

/// <summary><c>levity ca list</c>: the authorities, their lists and all that was issued, with what ends soon.</summary>
internal sealed class ListCommand : Verb
{
    private readonly WithinOption _within = new();
    private readonly OutputOption _output = OutputOption.OfMany();

    public ListCommand(CaDirectoryOption directory, CommandContext context)
        : base("list", "Lists what was issued, and what is expiring.")
    {
        Examples = [new("levity ca list --within 14", "What there is, and what ends within two weeks.")];
        Options.Add(_within);
        Options.Add(_output);
        SetAction(async (parsed, cancellationToken) =>
        {
            using var ca = await CertificateAuthority.OpenAsync(
                parsed.GetRequiredValue(directory), context.Time, cancellationToken);
            var printer = _output.PrinterOf(
                parsed,
                context.Output,
                InventoryText.JsonOf,
                item => item.Name,
                () => new TableRows<InventoryItem>(context.Output, InventoryText.Table, InventoryText.RowOf));
            foreach (var item in Inventory.Of(ca, _within.Read(parsed)))
            {
                printer.Print(item);
            }

            printer.End();
            return ExitCodes.Success;
        });
    }
}
