namespace Fleet.Agent.Uplink;

/// <summary>Why a host could not join.</summary>
internal enum EnrolmentFailure
{
    /// <summary>The text is not a join token, or there is none.</summary>
    NoToken,

    /// <summary>The server refuses the token: wrong, used up or expired.</summary>
    TokenRefused,

    /// <summary>Somebody else answers at the server's address.</summary>
    WrongServer,

    /// <summary>Nobody answers, or not with what an enrolment answers. Worth another try.</summary>
    Unreachable,

    /// <summary>This host's clock or the server's is wrong, so that no certificate holds. Worth another try: clocks get set.</summary>
    Clock,

    /// <summary>The server answered something this agent cannot use.</summary>
    BadReply,

    /// <summary>The identity cannot be stored: the directory is not the agent's to write.</summary>
    DataDirectory,

    /// <summary>The disk takes no identity now: it is full, or read-only. Worth another try, and no token was used for nothing.</summary>
    Disk,
}
