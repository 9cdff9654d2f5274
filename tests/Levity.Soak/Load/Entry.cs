using Levity.Protocol;

namespace Levity.Soak.Load;

/// <summary>One start that was asked for, and what was told of it since.</summary>
internal sealed class Entry(Errand errand)
{
    private QueryTaskResponse? _end;

    public Errand Errand => errand;

    /// <summary>Given once the start was acknowledged. Without one and without a refusal: nobody knows.</summary>
    public string? Id { get; set; }

    /// <summary>The server has said that it did not start it.</summary>
    public bool Refused { get; set; }

    /// <summary>Alice has asked it to stop.</summary>
    public bool IsStopped { get; set; }

    /// <summary>The first end that anybody was told.</summary>
    public QueryTaskResponse? End => _end;

    /// <summary>Notes an end; false when another one was told before.</summary>
    public bool Agrees(QueryTaskResponse end) =>
        (Interlocked.CompareExchange(ref _end, end, null) ?? end).Equals(end);
}
