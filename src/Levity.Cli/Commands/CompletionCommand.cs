using System.CommandLine;
using System.Text;

namespace Levity.Cli.Commands;

/// <summary><c>levity completion</c>: a script by which a shell completes words of levity. It calls <c>levity complete</c>.</summary>
internal sealed class CompletionCommand : Verb
{
    private static readonly string[] Shells = ["bash", "zsh", "fish"];

    private readonly Argument<string> _shell = new("SHELL")
    {
        Description = $"One of {string.Join(", ", Shells)}.",
    };

    public CompletionCommand(CommandContext context)
        : base("completion", "Prints what makes a shell complete levity's words.")
    {
        Examples =
        [
            new("source <(levity completion bash)", "In ~/.bashrc, say; the script tells other ways."),
            new("levity completion fish | source", "The same in fish."),
        ];
        Arguments.Add(_shell);
        _shell.CompletionSources.Add(Shells);
        _shell.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !Shells.Contains(token.Value))
            {
                result.AddError($"there is no completion for '{token.Value}', only for {string.Join(", ", Shells)}");
            }
        });
        SetAction(parsed =>
        {
            context.Output.Write(Script(parsed.GetRequiredValue(_shell)));
            return ExitCodes.Success;
        });
    }

    private static string Script(string shell)
    {
        using var script = typeof(CompletionCommand).Assembly.GetManifestResourceStream($"levity.{shell}")!;
        using var reader = new StreamReader(script, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
