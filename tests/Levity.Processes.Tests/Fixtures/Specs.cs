using System.Text;

namespace Levity.Processes.Tests.Fixtures;

/// <summary>What tests start.</summary>
internal static class Specs
{
    public const string Path = "/usr/local/bin:/usr/bin:/bin";

    public static ProcessSpec Of(string binary, params string[] arguments) => new()
    {
        Binary = Bytes(binary),
        Argv = [Bytes(binary), .. arguments.Select(Bytes)],
        Environment = [Bytes($"PATH={Path}")],
        WorkingDirectory = "/"u8.ToArray(),
    };

    public static ProcessSpec Shell(string script) => Of("/bin/sh", "-c", script);

    public static ProcessSpec In(this ProcessSpec spec, string directory) =>
        spec with { WorkingDirectory = Bytes(directory) };

    public static ProcessSpec With(this ProcessSpec spec, string variable) =>
        spec with { Environment = [.. spec.Environment, Bytes(variable)] };

    public static ProcessSpec WithPath(this ProcessSpec spec, string path) =>
        spec with { Environment = [Bytes($"PATH={path}")] };

    public static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
