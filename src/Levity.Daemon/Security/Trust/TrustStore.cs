using System.Security.Cryptography.X509Certificates;

namespace Levity.Daemon.Security.Trust;

/// <summary>
/// Whom levityd trusts, and by which certificate it is known itself: read from files, and again whenever they change,
/// without a restart. A new file that is no good leaves in force what was.
/// </summary>
internal sealed partial class TrustStore
{
    // Who is revoked is out within a second of the list's arrival. Looking is cheap, works on any file system, through
    // any link, and needs none of the few inotify instances.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly TrustFiles _files;
    private readonly ClientConnections _connections;
    private readonly TimeProvider _time;
    private readonly ILogger<TrustStore> _logger;

    // Of one part of the files each: why what it says now is not what is in force.
    private readonly Dictionary<string, string> _problems = [];
    private readonly HashSet<RevocationList> _toldOutOfDate = [];
    private volatile TrustSnapshot _current;
    private volatile bool _isAsked;
    private bool _isChanging;

    /// <exception cref="InvalidCertificateException">One of the files is no good.</exception>
    public TrustStore(TrustFiles files, ClientConnections connections, TimeProvider time, ILogger<TrustStore> logger)
    {
        (_files, _connections, _time, _logger) = (files, connections, time, logger);
        var clients = files.Clients();
        _current = new TrustSnapshot(files.Server(), clients, files.Revocations(clients));
        TellOutOfDate();
    }

    public TrustSnapshot Current => _current;

    /// <summary>Asks for the files to be read again, soon, and for a word about it.</summary>
    public void ReadAgain() => _isAsked = true;

    /// <summary>Keeps up with the files and the clock, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                // Elsewhere: a file may be on a network that hangs, or a pipe to which nobody writes.
                await Task.Run(LookAsync, cancellationToken).WaitAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The usual end.
        }
    }

    /// <summary>
    /// Takes what is new in the files, once it has been read twice the same: who writes a file in place is done by then.
    /// Who asks says so. Then ends what is not to be accepted any more.
    /// </summary>
    public Task LookAsync()
    {
        var isAsked = _isAsked;
        _isAsked = false;
        var hasChanged = _files.ReadAgain();
        if (isAsked || (_isChanging && !hasChanged))
        {
            _isChanging = false;
            Take(isAsked);
        }
        else
        {
            _isChanging = hasChanged;
        }

        TellOutOfDate();
        return _connections.EndRefusedAsync(_current);
    }

    // Each part by itself: a bad list does not keep a new certificate out.
    private void Take(bool isAsked)
    {
        var old = _current;
        var server = Renew("the server's certificate", old.Server, _files.Server, isAsked);
        var clients = Renew("the CAs of clients", old.Clients, _files.Clients, isAsked);
        var revocations = Renew("the revocation lists", old.Revocations, () => _files.Revocations(clients), isAsked);
        _current = new TrustSnapshot(server, clients, revocations);
        _toldOutOfDate.Clear();
        Log.Taken(
            _logger, server.TargetCertificate.SerialNumber, clients.Roots.Count, revocations.All.Count, revocations.Count);
    }

    private T Renew<T>(string part, T old, Func<T> read, bool isAsked)
    {
        try
        {
            var renewed = read();
            if (_problems.Remove(part))
            {
                Log.GoodAgain(_logger, part);
            }

            return renewed;
        }
        catch (InvalidCertificateException e)
        {
            if (isAsked || _problems.GetValueOrDefault(part) != e.Message)
            {
                Log.NotTaken(_logger, part, e.Message);
            }

            _problems[part] = e.Message;
            return old;
        }
    }

    // It goes on being used: better the revocations of last week than none, and better either than no server.
    private void TellOutOfDate()
    {
        var now = _time.GetUtcNow();
        foreach (var list in _current.Revocations.All)
        {
            if (list.NextUpdate is { } due && due <= now && _toldOutOfDate.Add(list))
            {
                Log.OutOfDate(_logger, new X500DistinguishedName(list.Issuer.Span).Name, due);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(501, LogLevel.Information, "Certificates have been read: server {Serial}, {Roots} client CAs, {Lists} "
            + "revocation lists with {Revoked} certificates")]
        public static partial void Taken(ILogger logger, string serial, int roots, int lists, int revoked);

        [LoggerMessage(502, LogLevel.Error, "What was read before stays in force for {Part}: {Problem}")]
        public static partial void NotTaken(ILogger logger, string part, string problem);

        [LoggerMessage(503, LogLevel.Information, "All is well again with {Part}")]
        public static partial void GoodAgain(ILogger logger, string part);

        [LoggerMessage(504, LogLevel.Warning, "The revocation list of {Issuer} is OUT OF DATE since {Due}: whom it lists is "
            + "refused, but who was revoked since is not; put a new list in its place")]
        public static partial void OutOfDate(ILogger logger, string issuer, DateTimeOffset due);
    }
}
