using System.Buffers.Binary;

namespace Fleet.Pci.Tests.Lspci;

/// <summary>
/// A kind of function to compare with lspci: one capability, any contents, and the few bits that must have a value for the capability to be
/// what it is (a length that the capability states, the type of a port).
/// </summary>
/// <param name="Name">As in the table of names.</param>
/// <param name="Id">The capability's id.</param>
/// <param name="Version">Version of an extended capability; 0 for a conventional one.</param>
/// <param name="Length">Bytes of it that may have any contents.</param>
/// <param name="Fixed">Offsets in the capability, masks and the values under them, as dwords.</param>
internal sealed record Specimen(string Name, ushort Id, byte Version, int Length, params (int Offset, uint Mask, uint Value)[] Fixed)
{
    private const int Conventional = 0x40;
    private const int Extended = 0x100;
    private const uint HeaderMask = 0xffff;

    /// <summary>Device/port type of the function's PCI Express capability, where the specimen is an extended one.</summary>
    public int PortType { get; init; }

    public bool Bridge { get; init; }

    public ushort Vendor { get; init; } = 0x8086;

    public int Offset => Version > 0 ? Extended : Conventional;

    /// <summary>A function with the given contents in the capability.</summary>
    public byte[] Fill(ReadOnlySpan<byte> contents)
    {
        byte[] bytes = new byte[ConfigImage.ExtendedSize];
        Span<byte> space = bytes;
        BinaryPrimitives.WriteUInt16LittleEndian(space, Vendor);
        BinaryPrimitives.WriteUInt16LittleEndian(space[2..], 0x1041);
        BinaryPrimitives.WriteUInt16LittleEndian(space[6..], 0x0010);
        BinaryPrimitives.WriteUInt16LittleEndian(space[0x0a..], (ushort)(Bridge ? 0x0604 : 0x0200));
        bytes[0x0e] = (byte)(Bridge ? 1 : 0);
        bytes[0x34] = Conventional;
        if (Version > 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(space[Conventional..], 0x0002_0010 | ((uint)PortType << 20));
        }

        contents[..Length].CopyTo(space[Offset..]);
        Put(space, 0, Version > 0 ? uint.MaxValue : HeaderMask, Version > 0 ? ((uint)Version << 16) | Id : Id);
        foreach ((int offset, uint mask, uint value) in Fixed)
        {
            Put(space, offset, mask, value);
        }

        return bytes;
    }

    private void Put(Span<byte> space, int offset, uint mask, uint value)
    {
        Span<byte> place = space[(Offset + offset)..];
        BinaryPrimitives.WriteUInt32LittleEndian(place, (BinaryPrimitives.ReadUInt32LittleEndian(place) & ~mask) | value);
    }
}
