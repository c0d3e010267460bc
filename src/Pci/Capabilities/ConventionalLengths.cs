namespace Fleet.Pci.Capabilities;

/// <summary>
/// How long a conventional capability is, out of its header dword alone. Where a layout has optional parts, the
/// length ends before the first part whose presence the header does not prove.
/// </summary>
internal static class ConventionalLengths
{
    public const int Minimum = 4;

    /// <param name="header">The header dword.</param>
    /// <param name="bridge">True for a type 1 function.</param>
    /// <param name="stated">A length the capability states itself; 0 when it states none.</param>
    public static int Of(uint header, bool bridge, out int stated)
    {
        uint flags = header >> 16;
        stated = 0;
        switch (header & 0xff)
        {
            case 0x01 or 0x03 or 0x0c or 0x0d or 0x12 or 0x13:
                return 8; // Power Management, VPD, Hot-plug, Subsystem, SATA, Advanced Features.
            case 0x02 or 0x0e or 0x11:
                return 12; // AGP, MSI-X.
            case 0x05:
                return Msi(flags);
            case 0x07:
                return PciX(flags, bridge);
            case 0x08:
                return HyperTransport(flags);
            case 0x09:
                stated = (int)flags & 0xff;
                return Math.Max(stated, Minimum);
            case CapabilityIds.PciExpress:
                return PciExpress(flags);
            case 0x14:
                return bridge ? 8 : Minimum; // Enhanced Allocation; for its entries see EnhancedAllocation.
            case 0x15:
                return 0x24; // Flattening Portal Bridge.
            default:
                return Minimum;
        }
    }

    /// <summary>Enhanced Allocation: each entry says how many dwords follow its first, so they are read one after the other.</summary>
    public static int EnhancedAllocation(IConfigSpace space, int offset, uint header, bool bridge)
    {
        int entries = (int)(header >> 16) & 0x3f;
        int length = bridge ? 8 : Minimum;
        for (int entry = 0; entry < entries && offset + length < ConfigImage.ConventionalSize; entry++)
        {
            if (space.ReadDword(offset + length, out uint first) is not ConfigStatus.Done || first is DwordAccess.AllOnes)
            {
                break;
            }

            length += 4 + ((int)(first & 7) * 4);
        }

        return length;
    }

    private static int Msi(uint flags)
    {
        bool wide = (flags & 0x80) != 0;
        bool masks = (flags & 0x100) != 0;
        return 12 + (wide ? 4 : 0) + (masks ? 8 : 0);
    }

    private static int PciX(uint flags, bool bridge)
    {
        bool errorCorrection = !bridge && (flags & 0x3000) is not 0;
        return bridge ? 16 : errorCorrection ? 24 : 8;
    }

    private static int HyperTransport(uint flags) => (flags >> 13) switch
    {
        0 => 0x1c, // Slave or primary interface.
        1 => 0x18, // Host or secondary interface.
        4 when (flags >> 11) is 0x10 => 8, // Interrupt discovery.
        5 when (flags >> 11) is 0x15 && (flags & 2) == 0 => 12, // MSI mapping with its own address.
        _ => Minimum,
    };

    /// <summary>Version 1 has only the registers its port type needs; version 2 has all of them, reserved or not.</summary>
    private static int PciExpress(uint flags)
    {
        if ((flags & 0xf) >= 2)
        {
            return 0x3c;
        }

        bool slot = (flags & 0x100) != 0;
        return ((flags >> 4) & 0xf) switch
        {
            4 or 10 => 0x24, // Root port, root complex event collector.
            9 => 0x0c, // Root complex integrated endpoint: no link.
            _ => slot ? 0x1c : 0x14,
        };
    }
}
