namespace Fleet.Agent.Fuse.Protocol;

/// <summary>Capabilities negotiated by INIT.</summary>
[Flags]
internal enum InitFlags : uint
{
    None = 0,
    AsyncRead = 1,
    BigWrites = 1 << 5,
    ReadDirectoryPlus = 1 << 13,
    ReadDirectoryPlusAuto = 1 << 14,
    ParallelDirectoryOperations = 1 << 18,
    AbortError = 1 << 21,
    MaxPages = 1 << 22,
}
