using System.Buffers.Binary;

namespace Fleet.Pci;

/// <summary>
/// Aligned dword accesses: the only width that is one configuration cycle on every path and the only one a DOE
/// mailbox accepts.
/// </summary>
internal static class DwordAccess
{
    /// <summary>What a read returns when nobody answered; the kernel reports no error for it.</summary>
    public const uint AllOnes = 0xffff_ffff;

    public static ConfigStatus ReadDword(this IConfigSpace space, int offset, out uint value)
    {
        value = AllOnes;
        if (offset < 0 || (offset & 3) != 0 || offset > space.Size - 4)
        {
            return ConfigStatus.OutOfRange;
        }

        Span<byte> bytes = stackalloc byte[4];
        ConfigResult result = space.Read(offset, bytes);
        if (result.Status is not ConfigStatus.Done)
        {
            return result.Status;
        }

        if (result.Count != 4)
        {
            // The kernel cuts reads of an unprivileged opener at 64 bytes without an error.
            return ConfigStatus.OutOfRange;
        }

        value = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return ConfigStatus.Done;
    }

    public static ConfigStatus WriteDword(this IConfigSpace space, int offset, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        ConfigResult result = space.Write(offset, bytes);
        return result.Status is ConfigStatus.Done && result.Count != 4 ? ConfigStatus.Failed : result.Status;
    }
}
