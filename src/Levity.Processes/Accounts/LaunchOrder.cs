using System.Text;
using Levity.Linux;

namespace Levity.Processes.Accounts;

/// <summary>
/// What a launcher is to do, in a file in memory: nothing of it is in its command line or its environment, and the two
/// are one program, so that this needs no versions.
/// </summary>
internal sealed record LaunchOrder
{
    /// <summary>What the launcher calls itself until it has executed the command: <see cref="PendingLaunch"/>.</summary>
    public required string Name { get; init; }

    public required LaunchTerms Terms { get; init; }

    /// <summary>How many descriptors the process may have open.</summary>
    public required ulong DescriptorLimit { get; init; }

    /// <summary>Descriptor 0 is a pipe of its own.</summary>
    public required bool HasInput { get; init; }

    /// <summary>The descriptors 0, 1 and 2 are its terminal.</summary>
    public required bool HasTerminal { get; init; }

    public required ProcessSpec Spec { get; init; }

    internal SafeFileDescriptor Write()
    {
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content, Encoding.UTF8);
        writer.Write(Name);
        Write(writer, Terms);
        writer.Write(DescriptorLimit);
        writer.Write(HasInput);
        writer.Write(HasTerminal);
        Write(writer, Spec.Binary);
        Write(writer, Spec.WorkingDirectory);
        Write(writer, Spec.Argv);
        Write(writer, Spec.Environment);
        writer.Flush();
        return MemoryFile.Create("launch", content.GetBuffer().AsSpan(0, (int)content.Length));
    }

    internal static LaunchOrder Read(ReadOnlySpan<byte> content)
    {
        using var reader = new BinaryReader(new MemoryStream(content.ToArray()), Encoding.UTF8);
        return new LaunchOrder
        {
            Name = reader.ReadString(),
            Terms = ReadTerms(reader),
            DescriptorLimit = reader.ReadUInt64(),
            HasInput = reader.ReadBoolean(),
            HasTerminal = reader.ReadBoolean(),
            Spec = new ProcessSpec
            {
                Binary = ReadBytes(reader),
                WorkingDirectory = ReadBytes(reader),
                Argv = ReadMany(reader, ReadBytes),
                Environment = ReadMany(reader, ReadBytes),
            },
        };
    }

    private static void Write(BinaryWriter writer, LaunchTerms terms)
    {
        writer.Write(terms.Credentials is not null);
        if (terms.Credentials is var (user, primary, others))
        {
            writer.Write(user);
            writer.Write(primary);
            writer.Write(others.Count);
            foreach (var group in others)
            {
                writer.Write(group);
            }
        }

        writer.Write(terms.Groups.Count);
        foreach (var group in terms.Groups)
        {
            writer.Write(group);
        }

        writer.Write(terms.Limits.Count);
        foreach (var limit in terms.Limits)
        {
            writer.Write(limit.Resource);
            writer.Write(limit.Soft);
            writer.Write(limit.Hard);
        }
    }

    private static LaunchTerms ReadTerms(BinaryReader reader) => new()
    {
        Credentials = reader.ReadBoolean()
            ? new Credentials(reader.ReadUInt32(), reader.ReadUInt32(), ReadMany(reader, one => one.ReadUInt32()))
            : null,
        Groups = ReadMany(reader, one => one.ReadString()),
        Limits = ReadMany(reader, one => new ProcessLimit(one.ReadInt32(), one.ReadUInt64(), one.ReadUInt64())),
    };

    private static void Write(BinaryWriter writer, IReadOnlyList<ReadOnlyMemory<byte>> strings)
    {
        writer.Write(strings.Count);
        foreach (var one in strings)
        {
            Write(writer, one);
        }
    }

    private static void Write(BinaryWriter writer, ReadOnlyMemory<byte> bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes.Span);
    }

    private static T[] ReadMany<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var many = new T[reader.ReadInt32()];
        for (var i = 0; i < many.Length; i++)
        {
            many[i] = read(reader);
        }

        return many;
    }

    private static ReadOnlyMemory<byte> ReadBytes(BinaryReader reader) => reader.ReadBytes(reader.ReadInt32());
}
