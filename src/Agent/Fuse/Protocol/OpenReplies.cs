namespace Fleet.Agent.Fuse.Protocol;

/// <summary>FOPEN_ flags: how the kernel is to treat an open file.</summary>
[Flags]
internal enum OpenReplies : uint
{
    None = 0,

    /// <summary>Every read and write of a caller arrives as it was made: no page cache, no read-ahead.</summary>
    DirectIo = 1,

    /// <summary>No FLUSH at close.</summary>
    NoFlush = 32,

    /// <summary>Two writers do not wait for each other, unkillable, on the inode's lock.</summary>
    ParallelDirectWrites = 64,
}
