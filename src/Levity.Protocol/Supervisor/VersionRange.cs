namespace Levity.Protocol.Supervisor;

/// <summary>The versions of a protocol or a format that a program understands, from the oldest to the newest.</summary>
public readonly record struct VersionRange(uint Oldest, uint Newest)
{
    /// <summary>What a levityd speaks; one from before there were ranges names a single version.</summary>
    public static VersionRange Of(Hello hello) => new(
        hello.OldestProtocolVersion == 0 ? hello.ProtocolVersion : hello.OldestProtocolVersion, hello.ProtocolVersion);

    public bool Contains(uint version) => version >= Oldest && version <= Newest;

    /// <summary>The version for two programs to use with each other; null when there is none.</summary>
    public uint? NewestCommon(VersionRange other)
    {
        var newest = Math.Min(Newest, other.Newest);
        return newest >= Math.Max(Oldest, other.Oldest) ? newest : null;
    }

    public override string ToString() => Oldest == Newest ? $"{Newest}" : $"{Oldest}-{Newest}";
}
