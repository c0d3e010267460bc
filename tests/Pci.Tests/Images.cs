using System.Buffers.Binary;
using Fleet.Pci.Capabilities;
using Fleet.Testing;

namespace Fleet.Pci.Tests;

/// <summary>Builds configuration spaces with chains, right and wrong ones.</summary>
internal static class Images
{
    public static ArraySpace Endpoint(int size = 0x1000)
    {
        ArraySpace space = new(new byte[size]);
        return space.Dword(0x00, 0xa90a_144d).Dword(0x04, 0x0010_0006).Dword(0x08, 0x0108_0202);
    }

    /// <summary>Sets one dword.</summary>
    public static ArraySpace Dword(this ArraySpace space, int offset, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(space.Bytes.AsSpan(offset), value);
        return space;
    }

    public static CapabilityList Walk(this ArraySpace space) => CapabilityWalk.Walk(space);

    public static IEnumerable<int> Offsets(this CapabilityList list) => list.Items.Select(item => item.Offset);

    public static IEnumerable<WalkFindingKind> Kinds(this CapabilityList list) => list.Findings.Select(finding => finding.Kind);
}
