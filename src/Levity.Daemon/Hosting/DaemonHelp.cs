using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text.RegularExpressions;

namespace Levity.Daemon.Hosting;

/// <summary>
/// The library's help, which adds to each description that has its default in it the same once more, as .NET would write
/// it (00:00:05) and nobody would type it.
/// </summary>
internal sealed partial class DaemonHelp(SynchronousCommandLineAction library) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public static void AddTo(RootCommand command)
    {
        var option = command.Options.OfType<HelpOption>().Single();
        option.Action = new DaemonHelp((SynchronousCommandLineAction)option.Action!);
    }

    public override int Invoke(ParseResult parseResult)
    {
        var configuration = parseResult.InvocationConfiguration;
        var output = configuration.Output;
        using var text = new StringWriter();
        configuration.Output = text;
        var exitCode = library.Invoke(parseResult);
        configuration.Output = output;
        output.Write(SecondDefault().Replace(text.ToString(), "${first}"));
        return exitCode;
    }

    [GeneratedRegex(@"(?<first>\[default: [^\]]*\])\s+\[default: [^\]]*\]", RegexOptions.CultureInvariant)]
    private static partial Regex SecondDefault();
}
