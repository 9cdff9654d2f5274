using System.Diagnostics.CodeAnalysis;
using Levity.Linux;

namespace Levity.Daemon.Tasks;

/// <summary>
/// The accounts that tasks run as, and what they start from there. Looked up for each start: one that has been closed,
/// or taken out of a group, counts so from the next start on.
/// </summary>
internal sealed class TaskAccounts(AccountTable table)
{
    private readonly TaskEnvironment _own = TaskEnvironment.Of(LoginAccount.OfThisProcess());

    /// <summary>Null for the account of levityd.</summary>
    public string? NameFor(string user) => table.For(user);

    /// <summary>What a task starts from there; otherwise why none can, for people.</summary>
    /// <param name="account">As a record has it: nothing for that of levityd.</param>
    /// <param name="environment">What it starts from.</param>
    /// <param name="problem">Why it cannot start.</param>
    public bool TryFind(
        string? account,
        [NotNullWhen(true)] out TaskEnvironment? environment,
        [NotNullWhen(false)] out string? problem)
    {
        environment = _own;
        problem = null;
        if (string.IsNullOrEmpty(account))
        {
            return true;
        }

        try
        {
            if (LoginAccount.Find(account) is { } found)
            {
                environment = TaskEnvironment.Of(found);
                return true;
            }

            problem = $"there is no account '{account}' on the server any more";
        }
        catch (LinuxException e)
        {
            problem = $"the account '{account}' cannot be looked up on the server just now ({e.Message})";
        }

        return false;
    }
}
