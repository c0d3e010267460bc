using System.Runtime.InteropServices;

namespace Fleet.Agent.Fuse.Requests;

/// <summary>What is noted in shared memory beside a request.</summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal struct SlotMark
{
    public const int Bytes = 32;

    public int State;

    /// <summary>Which device handle delivered the request: the reply must go there.</summary>
    public int Device;

    /// <summary>Bytes written, or a negative error number, once it is done.</summary>
    public int Result;
}
