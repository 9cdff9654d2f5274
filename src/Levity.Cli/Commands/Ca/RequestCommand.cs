using System.CommandLine;
using Levity.Cli.Authority;

namespace Levity.Cli.Commands.Ca;

/// <summary><c>levity ca request</c>: a user's key, and the request to take to whoever runs the CA.</summary>
internal sealed class RequestCommand : Verb
{
    private readonly UserNameArgument _name = new("Your name, as the CA is to certify it.");

    private readonly Option<bool> _force = new("--force", "-f")
    {
        Description = "Replace what is there.",
        Arity = ArgumentArity.Zero,
    };

    public RequestCommand(CaDirectoryOption directory, CommandContext context)
        : base("request", "Makes a key that stays here, and a request for `issue-user --csr`.")
    {
        Examples = [new("levity ca request bob", "bob.key, which stays here, and bob.csr, for whoever has the CA.")];
        Arguments.Add(_name);
        Options.Add(_force);
        SetAction((parsed, cancellationToken) => RunAsync(parsed, directory, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, CaDirectoryOption directoryOption, CommandContext context, CancellationToken cancellationToken)
    {
        var name = parsed.GetRequiredValue(_name);
        var (keyFile, requestFile) = ($"{name}.key", $"{name}.csr");
        using var directory = await CaDirectory.OpenAsync(
            parsed.GetRequiredValue(directoryOption), create: true, context.Time, cancellationToken);
        if (Purpose.IsReserved(name))
        {
            throw new CommandException($"'{name}' names other files of a CA: give another name");
        }

        string[] files = [keyFile, requestFile];
        if (!parsed.GetValue(_force) && files.FirstOrDefault(directory.Has) is { } file)
        {
            throw new CommandException($"'{directory.PathOf(file)}' is there already: --force replaces it");
        }

        var (key, request) = SigningRequest.Create(name);
        directory.Change(changes =>
        {
            changes.Put(keyFile, key, FileChanges.Secret);
            changes.Put(requestFile, request, FileChanges.Public);
        });
        foreach (var made in files)
        {
            context.Output.WriteLine($"{Outcome.Made,-8} {directory.PathOf(made)}");
        }

        return ExitCodes.Success;
    }
}
