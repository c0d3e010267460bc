using System.Runtime.InteropServices;

namespace Fleet.Agent.Fuse.Requests;

/// <summary>Begins the shared memory of a mirror's requests.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SlotHeader
{
    /// <summary>Changes with every change of the layout, so that a guardian never hands requests to an agent that reads them otherwise.</summary>
    public const ulong Expected = 0x3130_544F_4C53_4650; // "PFSLOT01"

    public ulong Magic;

    /// <summary>How many agents have served the mirror so far. It is part of a handle's number.</summary>
    public int Generation;
}
