using Levity.Cli;
using Levity.Cli.Commands;

namespace Levity.Manual;

/// <summary>What there is to know of levity besides its verbs.</summary>
internal static class Surroundings
{
    public static IReadOnlyList<HelpRow> ExitCodes { get; } =
        [.. Levity.Cli.ExitCodes.Table.Select(row => new HelpRow(row.Code, row.Meaning))];

    public static IReadOnlyList<HelpRow> Formats { get; } = [.. OutputOption.Table.Select(row => new HelpRow(row.Format, row.Meaning))];

    public static IReadOnlyList<HelpRow> Variables { get; } =
    [
        .. GlobalOptions.Variables.Select(pair => new HelpRow(pair.Variable, $"Stands for {pair.Option} where that is not given.")),
        new("LEVITY_DEBUG", "1: an error is followed by where in the program it came from."),
        new("NO_COLOR", "Set to anything: no colours, whatever the terminal can do (no-color.org)."),
        new("XDG_CONFIG_HOME", "Where the file of contexts is, in levity/config.toml [default ~/.config]."),
        new("SSL_CERT_FILE, SSL_CERT_DIR", "Where the system's CAs are, for OpenSSL; not read where --ca says whom to trust."),
    ];

    public static IReadOnlyList<HelpRow> Files { get; } =
    [
        new("~/.config/levity/config.toml", "Your contexts: how to reach servers."),
        new(CommandContext.DefaultSystemFile, "The same for all users of this machine, without contexts."),
    ];

    public static string Configuration => """
        An option counts first, then its variable, then the context, then the keys at the top of your file, then the file of
        the system; levity config view shows which of them it was. The keys are the names of the options. A path in a file
        that does not begin with / or ~/ begins in the directory of the file. A file that others can write is refused.
        """;

    public static string ConfigurationExample => """
        current = "build"
        ca = "server-ca.crt"

        [contexts.build]
        address = "build.example:4321"
        certificate = "alice.crt"
        key = "alice.key"

        [contexts.home]
        address = "192.0.2.7:4321"
        certificate = "~/certs/alice-at-home.crt"
        key = "~/certs/alice-at-home.key"
        timeout = "3s"
        """;
}
