namespace Levity.Protocol.Supervisor;

/// <summary>What levityd and levity-supervisor must agree on before their first message.</summary>
public static class ControlProtocol
{
    /// <summary>Raised with each change that an older peer would misunderstand.</summary>
    public const uint Version = 4;

    /// <summary>The oldest that is still spoken: that of the release before this one, or older.</summary>
    public const uint OldestVersion = 1;

    /// <summary>The first in which a start may name an account.</summary>
    public const uint VersionWithAccounts = 2;

    /// <summary>The first in which a child can be sent a signal.</summary>
    public const uint VersionWithSignals = 3;

    /// <summary>The first in which a start may have limits.</summary>
    public const uint VersionWithLimits = 3;

    /// <summary>The first in which it can be asked what children use.</summary>
    public const uint VersionWithMeasuring = 3;

    /// <summary>How many children one request can be about.</summary>
    public const int MostMeasured = 256;

    /// <summary>The first in which a start may say how the child's life is bounded: from its timeout on.</summary>
    public const uint VersionWithBounds = 3;

    /// <summary>The first in which a start may ask for an input or a terminal, and these are written to.</summary>
    public const uint VersionWithInput = 3;

    /// <summary>The first in which a start may say that the command is executed again when it fails.</summary>
    public const uint VersionWithRetries = 4;

    /// <summary>A longer message is a broken peer: the connection is closed. Bytes.</summary>
    public const int MaxMessageLength = 64 * 1024 * 1024;

    /// <summary>The control socket's name in the state directory.</summary>
    public const string SocketName = "supervisor.sock";

    /// <summary>The directory of the logs in the state directory: one directory a task, named by its id.</summary>
    public const string LogsName = "logs";

    public static VersionRange Versions { get; } = new(OldestVersion, Version);
}
