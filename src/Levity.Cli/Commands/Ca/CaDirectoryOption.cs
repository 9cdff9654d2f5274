using System.CommandLine;

namespace Levity.Cli.Commands.Ca;

/// <summary><c>--dir DIR</c>: where the CA is.</summary>
internal sealed class CaDirectoryOption : Option<string>
{
    public CaDirectoryOption()
        : base("--dir", "-d")
    {
        HelpName = "DIR";
        Description = "The directory of the CA [default certs].";
        DefaultValueFactory = _ => "certs";
        Recursive = true;
        Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "" }])
            {
                result.AddError("--dir is empty");
            }
        });
    }
}
