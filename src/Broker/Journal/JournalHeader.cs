using System.Runtime.InteropServices;

namespace Fleet.Broker;

/// <summary>The first page of the file.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct JournalHeader
{
    /// <summary>"PCIFLJ03" in ASCII, little-endian.</summary>
    public const ulong Expected = 0x33304a4c_46494350;

    public ulong Magic;
    public int Cells;
    public int Callers;
    public long Other;
    public long Retired;
    public int Generation;
    public int Torn;
    public long UntoldIntervals;
}
