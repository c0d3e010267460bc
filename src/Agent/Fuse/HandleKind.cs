namespace Fleet.Agent.Fuse;

/// <summary>What a handle's number says of the open file. The values are kept across agents of different versions.</summary>
internal enum HandleKind
{
    None = 0,
    Directory = 1,
    Attribute = 2,

    /// <summary>A configuration space of which the opener may see the header.</summary>
    PublicConfig = 3,

    /// <summary>A configuration space opened with CAP_SYS_ADMIN: the privilege is the opener's for as long as the file is open.</summary>
    WholeConfig = 4,
}
