using System.Buffers.Binary;
using Fleet.Pci.Capabilities;

namespace Fleet.Pci;

/// <summary>
/// Reads what is defined and nothing else: the header and the capabilities as far as their length is known. Some
/// functions hang when undefined offsets are read, which is why the kernel hides them from ordinary users.
/// </summary>
public static class ConfigSnapshot
{
    private const int CardBusHeaderSize = 0x48;

    /// <summary>Reads the header and the known bodies with aligned dword reads. What fails stays unknown.</summary>
    /// <param name="space">The function to read.</param>
    /// <param name="list">What <see cref="CapabilityWalk.Walk"/> found on it.</param>
    public static ConfigImage Read(IConfigSpace space, CapabilityList list)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(list);
        ConfigImage image = new(Math.Clamp(space.Size, 0, ConfigImage.ExtendedSize) & ~3);
        if (!TryReadRange(space, image, 0, ConfigHeader.Size))
        {
            return image;
        }

        if (ConfigHeader.TypeOf(image) is ConfigHeader.CardBus
            && !TryReadRange(space, image, ConfigHeader.Size, CardBusHeaderSize))
        {
            return image;
        }

        foreach (Capability capability in list.Items)
        {
            int end = capability.Offset + ((capability.Length + 3) & ~3);
            if (!TryReadRange(space, image, capability.Offset, end))
            {
                break;
            }
        }

        return image;
    }

    /// <returns>False when the function is gone, so that nothing else needs to be tried.</returns>
    private static bool TryReadRange(IConfigSpace space, ConfigImage image, int start, int end)
    {
        Span<byte> bytes = stackalloc byte[4];
        for (int offset = start; offset < Math.Min(end, image.Size); offset += 4)
        {
            if (image.IsKnown(offset, 4))
            {
                continue;
            }

            ConfigStatus status = space.ReadDword(offset, out uint value);
            if (status is ConfigStatus.Gone)
            {
                return false;
            }

            if (status is ConfigStatus.Done)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
                image.Store(offset, bytes);
            }
        }

        return true;
    }
}
