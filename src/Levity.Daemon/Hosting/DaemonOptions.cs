using System.Net;
using Levity.Daemon.Security;
using Levity.Daemon.Security.Admission;
using Levity.Daemon.Security.Trust;
using Levity.Daemon.Tasks;

namespace Levity.Daemon.Hosting;

/// <summary>What the operator asked for on the command line.</summary>
internal sealed record DaemonOptions
{
    public required IPEndPoint Address { get; init; }

    public required string CertificateFile { get; init; }

    public required string KeyFile { get; init; }

    public required string ClientCaFile { get; init; }

    /// <summary>The revocation lists of the client CAs; null when there are none.</summary>
    public string? CrlFile { get; init; }

    /// <summary>In which cases tasks end with the certificate that they were started with.</summary>
    public Lapses StopTasksOf { get; init; }

    public required string StateDirectory { get; init; }

    public required TimeSpan Grace { get; init; }

    /// <summary><see cref="Timeout.InfiniteTimeSpan"/> for off.</summary>
    public required TimeSpan ReaderTimeout { get; init; }

    /// <summary>How large a task's log may become, in bytes; 0 for no limit.</summary>
    public required ulong LogQuota { get; init; }

    /// <summary><see cref="Timeout.InfiniteTimeSpan"/> for off.</summary>
    public required TimeSpan InactivityTimeout { get; init; }

    public required ConnectionLimits Connections { get; init; }

    /// <summary>How many refused connections of an address have an audit record each within a minute; null for all.</summary>
    public required int? RefusalRecords { get; init; }

    /// <summary>The levity-supervisor program; null when somebody else sees to it that there is one.</summary>
    public required string? SupervisorProgram { get; init; }

    /// <summary>Whom tasks run as; those of single users are from the configuration file.</summary>
    public AccountTable Accounts { get; init; } = AccountTable.None;

    /// <summary>From the configuration file only.</summary>
    public Roles Roles { get; init; } = Roles.None;

    /// <summary>From the configuration file only.</summary>
    public LimitTable Limits { get; init; } = LimitTable.None;
}
