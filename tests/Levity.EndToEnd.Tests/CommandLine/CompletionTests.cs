using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.CommandLine;

/// <summary>levity completion: what bash, zsh and fish themselves make of its scripts.</summary>
public sealed class CompletionTests : IDisposable
{
    // The words as bash would have them, which takes = and : for words of their own.
    private const string Bash = """
        source <(levity completion bash)
        complete -p levity > /dev/null || exit 1
        COMP_LINE=$1 COMP_POINT=${#1}
        IFS=$'\n' read -r -d '' -a COMP_WORDS < <(grep -oE "[=:]|[^ =:]+" <<< "$1"; printf '\0')
        [[ $1 == *[\ =] ]] && COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        compopt() { echo "$2"; }
        _levity levity "${COMP_WORDS[-1]}" ""
        printf '%s\n' "${COMPREPLY[@]}"
        """;

    // What is zsh's own completion system, which is for terminals only, says here what it is called with.
    private const string Zsh = """
        compdef() { }
        compset() { }
        _files() { print -- _files $@ }
        _describe() { print -l -- ${(P)4} }
        source <(levity completion zsh)
        words=(${(s: :)1}) CURRENT=$#words
        [[ $1 == *\  ]] && { words+=(""); CURRENT=$#words }
        _levity
        """;

    private const string Fish = "levity completion fish | source; complete -C $argv[1]";

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("levity-completion-");

    public void Dispose() => _home.Delete(recursive: true);

    [Theory]
    [InlineData("levity ca re", "request renew revoke")]
    [InlineData("levity query --output=j", "json jsonl")]
    [InlineData("levity query -o ", "json jsonl name text")]
    [InlineData("levity -a ::1:4321 unsh", "unshare")]
    [InlineData("levity start --dir ", "dirnames")]
    [InlineData("levity query -c ", "default")]
    public async Task In_bash(string line, string expected)
    {
        var completed = await RunAsync(["bash", "--norc", "-c", Bash, "bash", line]);

        Assert.Equal(expected.Split(' ').Order(), completed.Order());
    }

    [Theory]
    [InlineData("levity unsh", "unshare:Takes back what another user may do with a task.")]
    [InlineData("levity query --output=t", "--output=text:")]
    [InlineData("levity start --dir ", "_files -/")]
    [InlineData("levity query -c ", "_files")]
    public async Task In_zsh(string line, string expected)
    {
        await MachineTool.NeedAsync("zsh", "zsh", "--version");

        Assert.Equal([expected], await RunAsync(["zsh", "-f", "-c", Zsh, "zsh", line]));
    }

    [Theory]
    [InlineData("levity unsh", "unshare\tTakes back what another user may do with a task.")]
    [InlineData("levity query --output=j", "--output=json")]
    [InlineData("levity start --dir=/et", "--dir=/etc/")]
    [InlineData("levity query -c /etc/passw", "/etc/passwd")]
    public async Task In_fish(string line, string expected)
    {
        await MachineTool.NeedAsync("fish", "fish", "--version");

        Assert.Contains(expected, await RunAsync(["fish", "-N", "-c", Fish, line]));
    }

    private async Task<string[]> RunAsync(IReadOnlyList<string> command)
    {
        var path = $"{Path.GetDirectoryName(PublishedPrograms.Levity)}:{Environment.GetEnvironmentVariable("PATH")}";
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = path,

            // fish makes files there.
            ["HOME"] = _home.FullName,
            ["XDG_CONFIG_HOME"] = _home.FullName,
            ["XDG_DATA_HOME"] = _home.FullName,
        };
        var result = (await RunningProgram.RunAsync(command, environment)).Successful();
        Assert.Equal("", result.ErrorText);
        return result.OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
