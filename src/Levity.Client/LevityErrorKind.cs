namespace Levity.Client;

/// <summary>What sort of failure it is: what a program may decide by, while the message is for people.</summary>
public enum LevityErrorKind
{
    /// <summary>A setting, or a file that it names, cannot be used. Nothing was sent.</summary>
    Configuration,

    /// <summary>
    /// There is no connection, or no longer one, or the server cannot answer just now. Trying again may help; with every
    /// other kind it will not.
    /// </summary>
    Unreachable,

    /// <summary>One end does not accept the other: TLS, certificates.</summary>
    Refused,

    /// <summary>The server did not answer within <see cref="ConnectionOptions.Timeout"/>.</summary>
    TimedOut,

    /// <summary>The server has reset the stream because it was not read for too long; go on from the last cursor.</summary>
    StoppedReading,

    /// <summary>There is no such task, or it is none of the caller's business.</summary>
    NotFound,

    /// <summary>The caller may not do this, or is not known.</summary>
    Denied,

    /// <summary>A field of the request is unusable; the message begins with its name.</summary>
    InvalidArgument,

    /// <summary>The request key was used for another request.</summary>
    AlreadyExists,

    /// <summary>The command to be executed is not there.</summary>
    CommandNotFound,

    /// <summary>The command is there and cannot be executed.</summary>
    CannotExecute,

    /// <summary>It cannot be done in this state of things.</summary>
    FailedPrecondition,

    /// <summary>It is over a limit; the message says which.</summary>
    LimitExceeded,

    /// <summary>The server does not have this call: it is an older one.</summary>
    Unsupported,

    /// <summary>The log is damaged or gone.</summary>
    DataLoss,

    /// <summary>The server failed.</summary>
    ServerFailed,
}
