using Levity.Linux;

namespace Levity.Logs.Segments;

/// <summary>
/// The segments of a log as a reader saw them. Its writer may make and drop segments meanwhile: who finds none of
/// those that were listed looks again, as long as there are others.
/// </summary>
internal sealed class SegmentListing(LinuxDirectory? place)
{
    /// <summary>Where they begin, in order; none when there is no log.</summary>
    public List<ulong> Positions { get; private set; } = place is null ? [] : Segment.List(place);

    /// <summary>Whether there was another one behind this one, so that this one has all that it will ever have.</summary>
    public bool IsFollowed(ulong position) => Positions.Count > 0 && position < Positions[^1];

    /// <summary>Lists them again; false when they are the same.</summary>
    public bool HasChanged()
    {
        var before = Positions;
        Positions = place is null ? [] : Segment.List(place);
        return !Positions.SequenceEqual(before);
    }
}
