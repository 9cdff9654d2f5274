using Levity.Cli.Commands;
using Levity.Client;

namespace Levity.Cli.Configuration;

/// <summary>What a file can say of how to reach a server: each key has the name of its option.</summary>
internal static class ConnectionKeys
{
    public const string Address = "address";
    public const string Certificate = "certificate";
    public const string Key = "key";
    public const string Ca = "ca";
    public const string Timeout = "timeout";

    public static IReadOnlyList<string> All { get; } = [Address, Certificate, Key, Ca, Timeout];

    /// <summary>Whether its value names a file.</summary>
    public static bool IsPath(string key) => key is Certificate or Key or Ca;

    /// <summary>What is wrong with a value; null when it can be used.</summary>
    public static string? ProblemWith(string key, string value)
    {
        try
        {
            switch (key)
            {
                case Address:
                    ServerAddress.Parse(new Setting(value));
                    return null;
                case Timeout:
                    TimeoutValue.Parse(new Setting(value));
                    return null;
                default:
                    return value.Length == 0 ? $"{key}: there is no file without a name: leave the key out instead" : null;
            }
        }
        catch (Exception e) when (e is CommandException or LevityException)
        {
            return e.Message;
        }
    }
}
