using Levity.Manual;

// make docs: Levity.Manual docs/cli.md artifacts/man
if (args is not [var document, var manual])
{
    await Console.Error.WriteLineAsync("Usage: Levity.Manual FILE.md DIR");
    return 1;
}

await using (var file = new StreamWriter(document))
{
    await file.WriteAsync(CliDocument.Text);
}

foreach (var page in ManualPages.All(TimeProvider.System.GetUtcNow()))
{
    var path = Path.Combine(manual, $"man{page.Section}", page.File);
    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
    await using var file = new StreamWriter(path);
    await file.WriteAsync(page.Text);
}

return 0;
