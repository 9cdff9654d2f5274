using System.Text;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>How a program ended, and all that it wrote.</summary>
internal sealed record ProgramResult(int ExitCode, byte[] Output, byte[] Error)
{
    public string OutputText => Encoding.UTF8.GetString(Output);

    public string ErrorText => Encoding.UTF8.GetString(Error);

    /// <summary>Fails, with what it said, when it did not succeed.</summary>
    public ProgramResult Successful()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {ErrorText}");
        return this;
    }

    /// <summary>Fails unless it failed as it should: one line on stderr, nothing on stdout. Gives the line.</summary>
    public string Refusal()
    {
        Assert.NotEqual(0, ExitCode);
        Assert.Equal("", OutputText);
        Assert.Matches(@"\Alevity: [^\n]+\n\z", ErrorText);
        return ErrorText;
    }
}
