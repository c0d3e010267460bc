namespace Fleet.Pci;

/// <summary>How an access to configuration space ended.</summary>
public enum ConfigStatus
{
    /// <summary>It reached the function. All-ones data may still mean that the function did not answer.</summary>
    Done,

    /// <summary>The function is gone (unplugged, or its file is; errno ENODEV or ENOENT).</summary>
    Gone,

    /// <summary>This space is opened read-only; nothing was written (errno EROFS).</summary>
    ReadOnly,

    /// <summary>The kernel refused (lockdown or permission; errno EPERM or EACCES).</summary>
    Denied,

    /// <summary>The offset or length is outside the space.</summary>
    OutOfRange,

    /// <summary>Another input/output error.</summary>
    Failed,
}
