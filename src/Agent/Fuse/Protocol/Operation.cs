namespace Fleet.Agent.Fuse.Protocol;

/// <summary>Operation codes that this server answers (linux/fuse.h); all others are ENOSYS, and the kernel stops asking.</summary>
internal enum Operation : uint
{
    Lookup = 1,
    Forget = 2,
    GetAttributes = 3,
    SetAttributes = 4,
    ReadLink = 5,
    Open = 14,
    Read = 15,
    Write = 16,
    Statfs = 17,
    Release = 18,
    Init = 26,
    OpenDirectory = 27,
    ReadDirectory = 28,
    ReleaseDirectory = 29,
    Interrupt = 36,
    Destroy = 38,
    NotifyReply = 41,
    BatchForget = 42,
    ReadDirectoryPlus = 44,
}
