namespace Fleet.Broker;

/// <summary>How an access ended, as a file system tells it to the caller.</summary>
public enum AccessStatus
{
    /// <summary>It reached the function.</summary>
    Done,

    /// <summary>A claim refused it; no byte reached the function (EBUSY).</summary>
    Refused,

    /// <summary>The function is opened read-only (EROFS).</summary>
    ReadOnly,

    /// <summary>The function is gone (ENODEV).</summary>
    Gone,

    /// <summary>The kernel refused it (EPERM).</summary>
    Denied,

    /// <summary>It is outside the configuration space.</summary>
    OutOfRange,

    /// <summary>Another input/output error (EIO).</summary>
    Failed,

    /// <summary>It waits; the answer comes through <see cref="AccessResult.Parked"/>.</summary>
    Parked,

    /// <summary>It waited until its time was up; no byte reached the function (ETIMEDOUT).</summary>
    TimedOut,

    /// <summary>It waited and its caller was interrupted or died; no byte reached the function (EINTR).</summary>
    Interrupted,

    /// <summary>Whether it reached the function is not known (EIO).</summary>
    Unknown,
}
