namespace Levity.Daemon.Security.Admission;

/// <summary>
/// One connection as <see cref="Visitors"/> count it: a stranger's until its client has shown who they are, then a user's.
/// It is among the connection's features.
/// </summary>
/// <param name="from">Whence it comes.</param>
/// <param name="cut">Ends it at once.</param>
internal sealed class Visit(PeerNetwork from, Action cut)
{
    private volatile string? _refusal;

    public PeerNetwork From => from;

    /// <summary>Why there is no place for it; null as long as it has one.</summary>
    public string? Refusal
    {
        get => _refusal;
        set
        {
            if (value is not null)
            {
                OnRefused?.Invoke(value);
            }

            _refusal = value;
        }
    }

    /// <summary>Is told why there is no place for it any more, before its client can know.</summary>
    public Action<string>? OnRefused { get; set; }

    /// <summary>Of <see cref="Visitors"/>: where it stands among the strangers of its address.</summary>
    public LinkedListNode<Visit>? Place { get; set; }

    /// <summary>Of <see cref="Visitors"/>: whose it is, once that is known.</summary>
    public string? User { get; set; }

    /// <summary>What that user has in memory.</summary>
    public HeldBytes Held { get; set; } = new();

    public void Cut() => cut();
}
