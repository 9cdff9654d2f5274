using System.Text;
using Google.Protobuf;
using Levity.Protocol.Supervisor;

namespace Levity.Protocol.Tests.Supervisor;

/// <summary>
/// Messages as each release has sent them: a directory for each, bytes and beside them what they mean. They must be
/// understood for ever; neither is ever changed. See Golden/README.md.
/// </summary>
public sealed class GoldenTests
{
    // A build that changes what it sends has raised one of the two versions, or is another release.
    private const string ThisRelease = "0.1.0";

    public static TheoryData<string> Stored =>
    [
        .. Directory.EnumerateFiles(Root, "*.bin", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path)[..^".bin".Length])
            .Order(StringComparer.Ordinal),
    ];

    public static TheoryData<string> Sent => [.. GoldenMessages.All.Keys];

    private static string Root => Path.Combine(AppContext.BaseDirectory, "Supervisor", "Golden");

    [Theory]
    [MemberData(nameof(Stored))]
    public void A_message_of_an_older_release_means_what_it_meant(string name)
    {
        var message = GoldenMessages.ParserOf(Path.GetFileName(name))
            .ParseFrom(File.ReadAllBytes(Path.Combine(Root, $"{name}.bin")));

        Assert.Equal(File.ReadAllText(Path.Combine(Root, $"{name}.json")), JsonOf(message));
    }

    [Theory]
    [MemberData(nameof(Sent))]
    public void A_message_of_this_release_is_the_same_byte_for_byte(string name) => Assert.Equal(
        File.ReadAllBytes(Path.Combine(Root, ThisRelease, $"{name}.bin")), GoldenMessages.All[name].ToByteArray());

    [Fact]
    public void There_is_one_of_each_kind()
    {
        Assert.Equal(
            Request.Descriptor.Oneofs.Single().Fields.Select(field => field.Name).Order(StringComparer.Ordinal),
            KindsOf<Request>(message => Request.Descriptor.FindFieldByNumber((int)message.BodyCase).Name));
        Assert.Equal(
            Reply.Descriptor.Oneofs.Single().Fields.Select(field => field.Name).Order(StringComparer.Ordinal),
            KindsOf<Reply>(message => Reply.Descriptor.FindFieldByNumber((int)message.BodyCase).Name));
    }

    // Not a test: run it at a release, by name, to write the messages of that.
    [Fact(Explicit = true)]
    public void Write_the_messages_of_this_release()
    {
        var directory = Directory.CreateDirectory(
            Path.Combine(Environment.GetEnvironmentVariable("LEVITY_GOLDEN")!, ThisRelease));
        foreach (var (name, message) in GoldenMessages.All)
        {
            File.WriteAllBytes(Path.Combine(directory.FullName, $"{name}.bin"), message.ToByteArray());
            File.WriteAllBytes(
                Path.Combine(directory.FullName, $"{name}.json"), Encoding.UTF8.GetBytes(JsonOf(message)));
        }
    }

    private static IEnumerable<string> KindsOf<T>(Func<T, string> kind) =>
        GoldenMessages.All.Values.OfType<T>().Select(kind).Order(StringComparer.Ordinal);

    private static string JsonOf(IMessage message) =>
        new JsonFormatter(JsonFormatter.Settings.Default.WithIndentation()).Format(message) + "\n";
}
