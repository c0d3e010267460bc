using System.Runtime.InteropServices;

namespace Fleet.Broker;

/// <summary>
/// A cell as it lies in the file. The key is written while State is Writing and never changes while it is Ready; only Count does.
/// Check covers the key, so that a reader after a crash can tell a whole cell from a torn one.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = 64)]
internal struct JournalCell
{
    public const int Bytes = 64;
    public const int Empty = 0;
    public const int Writing = 1;
    public const int Ready = 2;

    public int State;
    public uint Check;
    public long Count;
    public JournalKey Key;
}
